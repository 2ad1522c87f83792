import type { Co, Lockable } from '@coaio/coroutine';

/** A lock that is held until the end of the scope: `using _ = yield* mutex.guard()` (`QEMU_LOCK_GUARD`). */
export class LockGuard implements Disposable {
  #lock: Pick<Lockable, 'unlock'> | null;

  /** @internal Its lock is held. */
  constructor(lock: Pick<Lockable, 'unlock'>) {
    this.#lock = lock;
  }

  /** Unlocks before the end of the scope, which then does nothing more. */
  unlock(): void {
    const lock = this.#lock;
    this.#lock = null;
    lock?.unlock();
  }

  /** @throws what the lock throws if it was unlocked by hand, not with {@link unlock}. */
  [Symbol.dispose](): void {
    this.unlock();
  }
}

/** Takes the lock with `locking` and gives a guard of it. */
export function* guarded(lock: Pick<Lockable, 'unlock'>, locking: Co<void>): Co<LockGuard> {
  yield* locking;
  return new LockGuard(lock);
}

/** Takes the lock with `locking`, runs `body` with it, and unlocks however that ends. */
export function* locked<T>(lock: Pick<Lockable, 'unlock'>, locking: Co<void>, body: () => Co<T>): Co<T> {
  yield* locking;
  try {
    return yield* body();
  } finally {
    lock.unlock();
  }
}
