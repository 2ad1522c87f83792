import {
  aioCoKick,
  type Co,
  type Coroutine,
  coSelf,
  inCoroutine,
  type Lockable,
  WaitingLine,
} from '@coaio/coroutine';
import { type Asked, asking } from './asking.js';
import { CoMutexError, type CoMutexErrorCode } from './co-mutex-error.js';
import { guarded, type LockGuard, locked } from './lock-guard.js';
import {
  type HeldLock,
  type LockHold,
  type LockTracking,
  type TrackedHold,
  trackedHold,
} from './lock-hold.js';
import type { LockOptions } from './lock-options.js';
import { Waiter, type WaitingRoom } from './waiter.js';

/**
 * A fair lock for coroutines (QEMU's `CoMutex`): granted in the order of asking. An unlock hands it to the first
 * waiter, on that waiter's own context; it is never free in between, so nobody barges in. Not recursive.
 *
 * @thread home: its coroutines live in the thread that uses it, in any of that thread's contexts.
 */
export class CoMutex implements Lockable, HeldLock, Asked, WaitingRoom {
  readonly name: string;
  #holder: Coroutine | null = null;
  readonly #line = new WaitingLine<Waiter>();
  readonly #tracks: boolean;
  #hold: TrackedHold | null = null;

  /** `name` is shown in errors and reports. */
  constructor(name = 'co-mutex', tracking?: LockTracking) {
    this.name = name;
    this.#tracks = tracking?.trackHolds === true;
  }

  get kind(): string {
    return 'CoMutex';
  }

  /** Who holds it, a waiter that was just handed it included. */
  get holder(): Coroutine | null {
    return this.#holder;
  }

  /** The same for reports: whoever waits for it waits for these. */
  holders(): Coroutine[] {
    return this.#holder === null ? [] : [this.#holder];
  }

  /** The same, with since when and for what, if that is tracked. */
  holds(): LockHold[] {
    return this.holders().map((holder) => ({ holder, ...this.#hold }));
  }

  /**
   * Returns once the calling coroutine holds the lock; without yielding if it is free (`qemu_co_mutex_lock`).
   *
   * @throws the reason of `options.signal`: then the caller does not hold it. CoMutexError `CO_MUTEX_RECURSIVE`,
   * `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  lock(options?: LockOptions): Co<void> {
    return asking(this, options);
  }

  /** Takes the lock if it is free. @returns whether the calling coroutine holds it now. @throws as {@link lock}. */
  tryLock(options?: LockOptions): boolean {
    const self = this.#caller('lock');
    if (this.#holder === self) this.#refuse('CO_MUTEX_RECURSIVE', 'lock', `"${self.name}" holds it already`);
    options?.signal?.throwIfAborted();
    if (this.#holder !== null) return false;
    this.#grant(self, options?.purpose);
    return true;
  }

  /**
   * Hands the lock to the first waiter, or frees it (`qemu_co_mutex_unlock`).
   *
   * @throws CoMutexError `CO_MUTEX_NOT_HOLDER`, `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  unlock(): void {
    const self = this.#assertHolder('unlock');
    self.locksHeld--;
    const next = this.#line.takeFirst();
    if (next === null) {
      this.#holder = null;
      return;
    }
    next.state = 'granted';
    this.#grant(next.coroutine, next.purpose);
    aioCoKick(next.coroutine);
  }

  /** Throws unless the calling coroutine holds the lock (`qemu_co_mutex_assert_locked`). @throws as {@link unlock}. */
  assertLocked(): void {
    this.#assertHolder('assertLocked');
  }

  /** Runs `body` with the lock held, and unlocks however it ends (`WITH_QEMU_LOCK_GUARD`). @throws as {@link lock}. */
  withLock<T>(body: () => Co<T>, options?: LockOptions): Co<T> {
    return locked(this, this.lock(options), body);
  }

  /** Locks until the end of the scope: `using _ = yield* mutex.guard()` (`QEMU_LOCK_GUARD`). @throws as {@link lock}. */
  guard(options?: LockOptions): Co<LockGuard> {
    return guarded(this, this.lock(options));
  }

  /** @internal */
  lineUp(options: LockOptions | undefined): Waiter {
    const waiter = new Waiter(coSelf(), 'write', options);
    this.#line.push(waiter);
    waiter.begin(this);
    return waiter;
  }

  /** @internal */
  goesOn(): void {}

  /** @internal */
  abandon(waiter: Waiter): void {
    this.#line.remove(waiter);
    waiter.state = 'abandoned';
    aioCoKick(waiter.coroutine);
  }

  #grant(coroutine: Coroutine, purpose: string | undefined): void {
    this.#holder = coroutine;
    coroutine.locksHeld++;
    if (this.#tracks) this.#hold = trackedHold(purpose);
  }

  #caller(operation: string): Coroutine {
    if (!inCoroutine()) {
      this.#refuse('CO_MUTEX_OUTSIDE_COROUTINE', operation, 'called outside a coroutine');
    }
    return coSelf();
  }

  #assertHolder(operation: string): Coroutine {
    const self = this.#caller(operation);
    if (this.#holder === self) return self;
    const holder = this.#holder === null ? 'nobody' : `"${this.#holder.name}"`;
    return this.#refuse('CO_MUTEX_NOT_HOLDER', operation, `"${self.name}" called, ${holder} holds it`);
  }

  #refuse(code: CoMutexErrorCode, operation: string, why: string): never {
    throw new CoMutexError(code, `${operation} "${this.name}": ${why}`);
  }
}
