import type { Co } from '@coaio/coroutine';
import type { LockOptions } from './lock-options.js';
import type { Waiter } from './waiter.js';

/** A lock, or one side of it, as {@link asking} needs it. */
export interface Asked {
  /** @returns whether the running coroutine has it now. @throws the signal's reason, if it has aborted. */
  tryLock(options?: LockOptions): boolean;
  /** @internal The running coroutine waits from now on. */
  lineUp(options: LockOptions | undefined): Waiter;
  /** @internal Its wait is over and it runs again, with the lock. */
  goesOn(): void;
}

/** Asks for `lock` once the caller iterates: `lock()` without `yield*` does nothing. */
export function asking(lock: Asked, options: LockOptions | undefined): Co<void> {
  return new Asking(lock, options) as unknown as Co<void>;
}

const YIELDED: IteratorResult<undefined, undefined> = Object.freeze({ done: false, value: undefined });
const HAS_IT: IteratorResult<undefined, undefined> = Object.freeze({ done: true, value: undefined });

/** What `yield*` needs of a generator that locks. With a real one, a free lock takes a quarter longer. */
class Asking {
  readonly #lock: Asked;
  readonly #options: LockOptions | undefined;
  #waiter: Waiter | null = null;

  constructor(lock: Asked, options: LockOptions | undefined) {
    this.#lock = lock;
    this.#options = options;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, undefined> {
    if (this.#waiter === null) {
      if (this.#lock.tryLock(this.#options)) return HAS_IT;
      this.#waiter = this.#lock.lineUp(this.#options);
    }
    // Only the lock and the signal end the wait: whoever else enters this coroutine only makes it look.
    if (this.#waiter.state === 'waiting') return YIELDED;
    this.#waiter.end();
    if (this.#waiter.state === 'abandoned') this.#waiter.throwReason();
    this.#lock.goesOn();
    return HAS_IT;
  }
}
