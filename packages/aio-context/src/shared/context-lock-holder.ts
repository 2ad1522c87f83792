import { AioContextError } from '../aio-context-error.js';
import { lockFromElsewhere, lockFromHome, lockOwner, unlock } from './context-lock.js';
import type { ThisThread } from './this-thread.js';

/** One thread's hold of a context's lock: recursive, released as often as it was acquired. */
export class ContextLockHolder {
  readonly #thread: ThisThread;
  readonly #cell: number;
  readonly #atHome: boolean;
  #depth = 0;
  // How much of that is dispatches': their end lets go of it, nobody else may.
  #dispatches = 0;

  constructor(thread: ThisThread, cell: number, atHome: boolean) {
    this.#thread = thread;
    this.#cell = cell;
    this.#atHome = atHome;
  }

  get held(): boolean {
    return this.#depth > 0;
  }

  /** The thread that holds it, 0 = none. */
  get owner(): number {
    return lockOwner(this.#thread.words, this.#cell);
  }

  acquire(): void {
    if (this.#depth === 0) this.#lock();
    this.#depth++;
  }

  /** For a dispatch that begins. */
  enterDispatch(): void {
    this.acquire();
    this.#dispatches++;
  }

  leaveDispatch(): void {
    this.#dispatches--;
    if (--this.#depth === 0) unlock(this.#thread.words, this.#cell);
  }

  /** `name` and `operation` as an error shows them. */
  release(name: string, operation = 'release'): void {
    if (this.#depth === this.#dispatches) throw lockNotHeld(name, operation);
    if (--this.#depth === 0) unlock(this.#thread.words, this.#cell);
  }

  /** Lets go of it, however often it was acquired, while `callback` runs. */
  without<T>(callback: () => T): T {
    const depth = this.#depth;
    if (depth === 0) return callback();
    this.#depth = 0;
    unlock(this.#thread.words, this.#cell);
    try {
      return callback();
    } finally {
      this.#lock();
      this.#depth = depth;
    }
  }

  #lock(): void {
    const lock = this.#atHome ? lockFromHome : lockFromElsewhere;
    lock(this.#thread.words, this.#cell, this.#thread.number);
  }
}

export function lockNotHeld(context: string, operation = 'release'): AioContextError {
  return new AioContextError(
    'AIO_LOCK_NOT_HELD',
    `${operation}: this thread has not acquired the lock of "${context}"`,
  );
}

// Per thread: its holds, by context cell. One each, so that a view and the big lock count together.
const holders = new Map<number, ContextLockHolder>();

export function contextLockHolder(thread: ThisThread, cell: number, atHome: boolean): ContextLockHolder {
  let holder = holders.get(cell);
  if (holder === undefined) {
    holder = new ContextLockHolder(thread, cell, atHome);
    holders.set(cell, holder);
  }
  return holder;
}

/** Of a context whose thread has ended. */
export function forgetContextLock(cell: number): void {
  holders.delete(cell);
}
