import { type Co, type Coroutine, coYield } from '@coaio/coroutine';
import { guarded, type LockGuard, locked } from './lock-guard.js';
import type { LockTracking } from './lock-hold.js';
import type { LockOptions } from './lock-options.js';
import { RwlockHolders } from './rwlock-holders.js';
import { RwlockSide } from './rwlock-side.js';
import { RwlockTickets } from './rwlock-tickets.js';
import { Waiter } from './waiter.js';

/**
 * Many read or one writes (QEMU's `CoRwlock`). Fair: all wait in one line, in the order of asking, and a reader also
 * waits while a writer is in line. Readers side by side in line enter together. Not recursive, reading neither: a second
 * `rdlock` behind a waiting writer would wait for itself.
 *
 * @thread home: its coroutines live in the thread that uses it, in any of that thread's contexts.
 */
export class CoRwlock {
  readonly name: string;
  /** Each way of locking as a `Lockable`, for `CoQueue.wait`. */
  readonly reader: RwlockSide;
  readonly writer: RwlockSide;
  readonly #holders: RwlockHolders;
  readonly #tickets: RwlockTickets;

  /** `name` is shown in errors and reports. */
  constructor(name = 'co-rwlock', tracking?: LockTracking) {
    this.name = name;
    this.#holders = new RwlockHolders(name, tracking?.trackHolds === true);
    this.#tickets = new RwlockTickets(this.#holders);
    this.reader = new RwlockSide(name, 'read', this.#holders, this.#tickets);
    this.writer = new RwlockSide(name, 'write', this.#holders, this.#tickets);
  }

  /** Who holds it: the writer, or all that read. Those that were just let in included. */
  holders(): Coroutine[] {
    return this.#holders.list();
  }

  /**
   * Returns once the caller may read (`qemu_co_rwlock_rdlock`); at once if nobody writes or is in line.
   *
   * @throws the reason of `options.signal`: then the caller does not hold the lock. CoRwlockError
   * `CO_RWLOCK_RECURSIVE`: the caller holds it already, in either way; `CO_RWLOCK_OUTSIDE_COROUTINE`.
   */
  rdlock(options?: LockOptions): Co<void> {
    return this.reader.lock(options);
  }

  /** Returns once the caller may write, alone (`qemu_co_rwlock_wrlock`). @throws as {@link rdlock}. */
  wrlock(options?: LockOptions): Co<void> {
    return this.writer.lock(options);
  }

  /**
   * Lets go, whichever way the caller holds it (`qemu_co_rwlock_unlock`), and lets in the head of the line.
   *
   * @throws CoRwlockError `CO_RWLOCK_NOT_HOLDER`, `CO_RWLOCK_OUTSIDE_COROUTINE`.
   */
  unlock(): void {
    this.#holders.release(this.#holders.holder('unlock'));
    this.#tickets.grantNext();
  }

  /**
   * A reader becomes the writer (`qemu_co_rwlock_upgrade`): at once if it is the only reader and nobody is in line. Otherwise it
   * lets go and waits at the end of the line, so **another writer may have run before this returns**.
   *
   * @throws the reason of `options.signal`: then the caller reads again, and has waited for that, in its place in line.
   * CoRwlockError `CO_RWLOCK_WRONG_MODE`: the caller writes; `CO_RWLOCK_NOT_HOLDER`, `CO_RWLOCK_OUTSIDE_COROUTINE`.
   */
  *upgrade(options?: LockOptions): Co<void> {
    const self = this.#holders.holder('upgrade', 'read');
    options?.signal?.throwIfAborted();
    if (this.#tickets.upgradeNow(self, options?.purpose)) return;
    const waiter = new Waiter(self, 'upgrade', options);
    this.#tickets.releaseAndPush(self, waiter);
    waiter.begin(this.writer);
    while (waiter.state === 'waiting') yield* coYield();
    waiter.end();
    if (waiter.wants === 'upgrade') return;
    this.#tickets.grantNext();
    waiter.throwReason();
  }

  /**
   * The writer goes on as a reader (`qemu_co_rwlock_downgrade`), and readers at the head of the line enter. Never waits.
   *
   * @throws CoRwlockError `CO_RWLOCK_WRONG_MODE`: the caller reads; `CO_RWLOCK_NOT_HOLDER`, `CO_RWLOCK_OUTSIDE_COROUTINE`.
   */
  downgrade(): void {
    this.#holders.holder('downgrade', 'write');
    this.#holders.downgrade();
    this.#tickets.grantNext();
  }

  /** Runs `body` while reading, and lets go however it ends and whichever way it holds the lock by then. @throws as {@link rdlock}. */
  withRdlock<T>(body: () => Co<T>, options?: LockOptions): Co<T> {
    return locked(this, this.rdlock(options), body);
  }

  /** As {@link withRdlock}, writing. */
  withWrlock<T>(body: () => Co<T>, options?: LockOptions): Co<T> {
    return locked(this, this.wrlock(options), body);
  }

  /** Reads until the end of the scope: `using _ = yield* lock.rdGuard()`. @throws as {@link rdlock}. */
  rdGuard(options?: LockOptions): Co<LockGuard> {
    return guarded(this, this.rdlock(options));
  }

  /** Writes until the end of the scope. @throws as {@link rdlock}. */
  wrGuard(options?: LockOptions): Co<LockGuard> {
    return guarded(this, this.wrlock(options));
  }
}
