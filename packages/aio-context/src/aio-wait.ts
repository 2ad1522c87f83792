import { isMainThread } from 'node:worker_threads';
import { AioContext } from './aio-context.js';
import { AioContextError } from './aio-context-error.js';
import type { RemoteAioContext } from './remote-aio-context.js';
import { IN_AIO_WAIT, wordsOf } from './shared/layout.js';
import { notifyAioWaiters } from './shared/notify-thread.js';
import { joinThreadsIfAny, thisThread, whenJoined } from './shared/this-thread.js';
import { getMainAioContext } from './thread-contexts.js';

// Per thread: its waits under way, one in another.
let waits = 0;
whenJoined(tellWaits);

/**
 * Blocks the thread while `condition()` holds, with blocking polls of `context` (`AIO_WAIT_WHILE`). What the condition looks at is
 * changed by that context's callbacks, or by another thread in shared memory, which then calls {@link aioWaitKick}.
 *
 * A context of another thread is waited for by the main thread only, which polls its own meanwhile: two threads that wait
 * for each other would never end. If it holds that context's lock, it lets go of it while it is blocked.
 *
 * @thread home, or main. Not in a coroutine.
 * @throws AioContextError `AIO_WAIT_DEADLOCK`, `AIO_POLL_IN_COROUTINE`, `AIO_BLOCKED_FOREVER`; `AIO_THREAD_GONE`: the other thread has
 * ended, and the condition still holds.
 */
export function aioWaitWhile(context: AioContext | RemoteAioContext, condition: () => boolean): void {
  const own = ownContext(context);
  // Before the first look at the condition: who changes it later sees this, and kicks.
  waits++;
  tellWaits();
  try {
    while (condition()) {
      if (own === context) own.poll(true);
      else pollForAnother(own, context as RemoteAioContext);
    }
  } finally {
    waits--;
    tellWaits();
  }
}

function pollForAnother(own: AioContext, context: RemoteAioContext): void {
  context.assertAlive('aioWaitWhile');
  context.without(() => own.poll(true));
}

function tellWaits(thread = thisThread()): void {
  if (thread !== null) Atomics.store(thread.words, wordsOf(thread.number) + IN_AIO_WAIT, waits);
}

/** Has the threads that are in {@link aioWaitWhile} look at their conditions again (`aio_wait_kick`). @thread any */
export function aioWaitKick(): void {
  const thread = joinThreadsIfAny();
  if (thread !== null) notifyAioWaiters(thread);
}

/** Runs `callback` in a poll of `context`, and returns once it has (`aio_wait_bh_oneshot`). @thread home, not in a coroutine. */
export function aioWaitBottomHalf(context: AioContext, callback: () => void): void {
  let done = false;
  context.scheduleOneshot(() => {
    done = true;
    callback();
  }, 'aioWaitBottomHalf');
  aioWaitWhile(context, () => !done);
}

function ownContext(context: AioContext | RemoteAioContext): AioContext {
  if (context instanceof AioContext) return context;
  if (isMainThread) return getMainAioContext();
  throw new AioContextError(
    'AIO_WAIT_DEADLOCK',
    `aioWaitWhile: context "${context.name}" belongs to another thread, for which only the main thread may wait`,
  );
}
