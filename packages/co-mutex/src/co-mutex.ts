import {
  aioCoKick,
  type Co,
  type Coroutine,
  coSelf,
  coYield,
  inCoroutine,
  type Lockable,
} from '@coaio/coroutine';
import { CoMutexError, type CoMutexErrorCode } from './co-mutex-error.js';

/**
 * A fair lock for coroutines (QEMU's `CoMutex`): granted in the order of asking. An unlock hands it to the first
 * waiter, on that waiter's own context; it is never free in between, so nobody barges in. Not recursive.
 *
 * @thread home: its coroutines live in the thread that uses it, in any of that thread's contexts.
 */
export class CoMutex implements Lockable {
  readonly name: string;
  #holder: Coroutine | null = null;
  readonly #waiting: Coroutine[] = [];

  /** `name` is shown in errors. */
  constructor(name = 'co-mutex') {
    this.name = name;
  }

  /** Who holds it, a waiter that was just handed it included. */
  get holder(): Coroutine | null {
    return this.#holder;
  }

  /**
   * Returns once the calling coroutine holds the lock; without yielding if it is free (`qemu_co_mutex_lock`).
   *
   * @throws CoMutexError `CO_MUTEX_RECURSIVE`, `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  *lock(): Co<void> {
    if (this.tryLock()) return;
    const self = coSelf();
    this.#waiting.push(self);
    // Only the hand-over ends the wait: whoever else enters this coroutine has not given it the lock.
    while (this.#holder !== self) yield* coYield();
  }

  /** Takes the lock if it is free. @returns whether the calling coroutine holds it now. */
  tryLock(): boolean {
    const self = this.#caller('lock');
    if (this.#holder === null) {
      this.#holder = self;
      self.locksHeld++;
      return true;
    }
    if (this.#holder === self) this.#refuse('CO_MUTEX_RECURSIVE', 'lock', `"${self.name}" holds it already`);
    return false;
  }

  /**
   * Hands the lock to the first waiter, or frees it (`qemu_co_mutex_unlock`).
   *
   * @throws CoMutexError `CO_MUTEX_NOT_HOLDER`, `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  unlock(): void {
    const self = this.#caller('unlock');
    if (this.#holder !== self) {
      const holder = this.#holder === null ? 'nobody' : `"${this.#holder.name}"`;
      this.#refuse('CO_MUTEX_NOT_HOLDER', 'unlock', `"${self.name}" called, ${holder} holds it`);
    }
    self.locksHeld--;
    const next = this.#waiting.shift();
    this.#holder = next ?? null;
    if (next === undefined) return;
    next.locksHeld++;
    aioCoKick(next);
  }

  /** Runs `body` with the lock held, and unlocks however it ends (`QEMU_LOCK_GUARD`). */
  *withLock<T>(body: () => Co<T>): Co<T> {
    yield* this.lock();
    try {
      return yield* body();
    } finally {
      this.unlock();
    }
  }

  #caller(operation: string): Coroutine {
    if (!inCoroutine()) {
      this.#refuse('CO_MUTEX_OUTSIDE_COROUTINE', operation, 'called outside a coroutine');
    }
    return coSelf();
  }

  #refuse(code: CoMutexErrorCode, operation: string, why: string): never {
    throw new CoMutexError(code, `${operation} "${this.name}": ${why}`);
  }
}
