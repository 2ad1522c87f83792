import { isMainThread } from 'node:worker_threads';
import { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';
import { type ContextLockHolder, contextLockHolder } from './shared/context-lock-holder.js';
import { HEADER, MAIN_CONTEXT, wordsOf } from './shared/layout.js';
import { joinThreads, joinThreadsIfAny, thisThread } from './shared/this-thread.js';

/**
 * The process's one big lock (QEMU's BQL): that of the main context. The main thread has it while it dispatches. A worker that
 * holds it counts as the main context's home thread: if it has no context of its own, that one is current; nothing of the main
 * context runs meanwhile. Without it such a worker has no current context, and always schedules.
 *
 * In the worker the main context is a stand-in with the same lock: a generator cannot leave its heap, so coroutines that are
 * entered under the lock stay in the worker, and what they schedule runs there, under the lock.
 */
export interface BigLock {
  /**
   * Blocks the thread until it has the lock (`bql_lock`). Not recursive.
   *
   * @throws AioContextError `AIO_BIG_LOCK_HELD`; `AIO_NO_MAIN_CONTEXT`: the main thread has given nobody a handle.
   */
  lock(): void;
  /** @throws AioContextError `AIO_LOCK_NOT_HELD`. */
  unlock(): void;
  /** Whether this thread has it (`bql_locked`). */
  readonly held: boolean;
}

// Per thread: its hold of the main context's lock, and what stands in for that context here.
let holder: ContextLockHolder | null = null;
let standIn: AioContext | null = null;

export const bigLock: BigLock = {
  lock() {
    const hold = bigLockHolder('lock');
    if (hold.held)
      throw new AioContextError('AIO_BIG_LOCK_HELD', 'lock: this thread holds the big lock already');
    hold.acquire();
  },
  unlock() {
    bigLockHolder('unlock').release('main', 'unlock');
  },
  get held() {
    return thisThread() !== null && findHolder()?.held === true;
  },
};

/** The context that is current in a worker because it holds the big lock. */
export function bigLockContext(): AioContext | undefined {
  if (isMainThread || holder === null || !holder.held) return undefined;
  standIn ??= new AioContext({ name: 'main' }, { lock: holder });
  return standIn;
}

/** Whether the context cell is the main context's, and this thread holds the big lock. */
export function isHeldMainContext(cell: number): boolean {
  const thread = thisThread();
  return (
    thread !== null && bigLock.held && Atomics.load(thread.words, wordsOf(HEADER) + MAIN_CONTEXT) === cell
  );
}

function findHolder(): ContextLockHolder | null {
  // The main thread's memory is made for this; a worker's own would have no main context in it.
  const thread = isMainThread ? joinThreads() : joinThreadsIfAny();
  if (thread === null) return null;
  const cell = Atomics.load(thread.words, wordsOf(HEADER) + MAIN_CONTEXT);
  if (cell !== 0) holder ??= contextLockHolder(thread, cell, isMainThread);
  return holder;
}

function bigLockHolder(operation: string): ContextLockHolder {
  const hold = findHolder();
  if (hold === null) {
    throw new AioContextError(
      'AIO_NO_MAIN_CONTEXT',
      `${operation}: the main thread shares no context, it must make a handle or an IOThread first`,
    );
  }
  return hold;
}
