import {
  type CellHandle,
  joinByHandle,
  joinThreads,
  MUTEX,
  makeHandle,
  readName,
  type ThisThread,
  tellEveryThread,
  wakeCell,
  wordsOf,
} from '@coaio/aio-context/shared';
import {
  aioCoKick,
  beginWait,
  type Co,
  type Coroutine,
  coSelf,
  coYield,
  endWait,
  inCoroutine,
  type Lockable,
  onAbort,
} from '@coaio/coroutine';
import { CoMutexError, type CoMutexErrorCode } from '../co-mutex-error.js';
import { guarded, type LockGuard, locked } from '../lock-guard.js';
import type { HeldLock, LockHold } from '../lock-hold.js';
import type { LockOptions } from '../lock-options.js';
import { giveUp, hasLock, lineUp, lookAgain, release, takeOrAnnounce, tryTake } from './hand-off.js';
import { BELL, BELL_GENERATION, BROKEN, HELD_BY, HELD_SINCE, holderOf, isHeld, LOCK_WORD } from './layout.js';
import { breakIfHolderEnded, watchDeaths } from './mutex-deaths.js';
import { holdsOfMutex } from './shared-lock-report.js';
import { hasOwnWaiters, heirOf, SharedWaiter, waiterOf } from './shared-waiter.js';
import { spinForLock } from './spin-for-lock.js';

/** Names a mutex in any thread of the process. */
export type SharedCoMutexHandle = CellHandle<'SharedCoMutex'>;

/**
 * A fair lock for coroutines of several threads (QEMU's `CoMutex`): an unlock hands it to the first in line, in whatever
 * thread that waits; it is never free in between. Not recursive. If the thread that holds it ends, it is broken for good, and
 * whoever waits for it or asks for it is told. It takes 64 bytes for the life of the process.
 *
 * @thread Each thread has a view of its own: `SharedCoMutex.attach(handle)`.
 */
export class SharedCoMutex implements Lockable, HeldLock {
  readonly handle: SharedCoMutexHandle;
  readonly #thread: ThisThread;
  readonly #cell: number;
  readonly #words: Int32Array;
  readonly #lockWord: number;
  #holder: Coroutine | null = null;
  // Whether HELD_BY names the holder.
  #isPublished = false;

  /** A new, free lock. `name` is shown in errors and reports. */
  constructor(name?: string);
  /** @internal */
  constructor(thread: ThisThread, handle: SharedCoMutexHandle);
  constructor(name: string | ThisThread = 'shared-co-mutex', handle?: SharedCoMutexHandle) {
    this.#thread = typeof name === 'string' ? joinThreads() : name;
    this.handle = handle ?? makeMutex(this.#thread, String(name));
    this.#cell = this.handle.cell;
    this.#words = this.#thread.words;
    this.#lockWord = wordsOf(this.#cell) + LOCK_WORD;
    views.set(this.#cell, this);
    watchDeaths();
    // Its holder may have ended before anybody here cared. Only now: a later end is told.
    breakIfHolderEnded(this.#words, this.#cell);
  }

  /**
   * The calling thread's view of the mutex, always the same one.
   *
   * @throws AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`.
   */
  static attach(handle: SharedCoMutexHandle): SharedCoMutex {
    const thread = joinByHandle('SharedCoMutex', handle);
    return views.get(handle.cell) ?? new SharedCoMutex(thread, handle);
  }

  get name(): string {
    return this.handle.name;
  }

  get kind(): string {
    return 'SharedCoMutex';
  }

  /** The coroutine of this thread that holds it, or null: see {@link holderThread}. */
  get holder(): Coroutine | null {
    return this.#holder;
  }

  /** The name of the thread that holds it; null: none does. */
  get holderThread(): string | null {
    const word = Atomics.load(this.#words, this.#lockWord);
    return isHeld(word) ? readName(this.#words, holderOf(word)) : null;
  }

  /** Whether a thread has ended while it held it. */
  get isBroken(): boolean {
    return Atomics.load(this.#words, this.#lockWord) === BROKEN;
  }

  /** For reports. */
  holders(): Coroutine[] {
    return this.#holder === null ? [] : [this.#holder];
  }

  /** The same, with one in another thread: by what is known of it, since when if it has waited for it. */
  holds(): LockHold[] {
    const own = this.#holder ?? heirOf(this.#words, this.#cell);
    const [hold] = holdsOfMutex(this.#thread, this.#cell);
    return hold === undefined ? [] : [{ ...hold, holder: own ?? hold.holder }];
  }

  /**
   * Returns once the calling coroutine holds the lock (`qemu_co_mutex_lock`). A free lock takes no yield. While another thread that
   * is running holds it, spins for a moment; then lines up.
   *
   * @throws the reason of `options.signal`: then the caller does not hold it. CoMutexError `CO_MUTEX_BROKEN`,
   * `CO_MUTEX_RECURSIVE`, `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  *lock(options?: LockOptions): Co<void> {
    if (this.tryLock(options)) return;
    // Not stepping aside while one of its own stands in line: it could not take its turn.
    if (spinForLock(this.#words, this.#cell, this.#thread.number, !hasOwnWaiters())) this.#take(coSelf());
    else yield* this.#lockSlowly(options);
  }

  /** Takes the lock if it is free. @returns whether the calling coroutine holds it now. @throws as {@link lock}. */
  tryLock(options?: LockOptions): boolean {
    const self = this.#caller('lock');
    if (this.#holder === self) this.#refuse('CO_MUTEX_RECURSIVE', 'lock', `"${self.name}" holds it already`);
    options?.signal?.throwIfAborted();
    if (tryTake(this.#words, this.#cell, this.#thread.number)) {
      this.#take(self);
      return true;
    }
    if (this.isBroken) this.#refuseBroken('lock');
    return false;
  }

  /**
   * Hands the lock to the first in line, or frees it (`qemu_co_mutex_unlock`).
   *
   * @throws CoMutexError `CO_MUTEX_NOT_HOLDER`, `CO_MUTEX_OUTSIDE_COROUTINE`.
   */
  unlock(): void {
    const self = this.#assertHolder('unlock');
    this.#holder = null;
    self.locksHeld--;
    if (this.#isPublished) this.#unpublish();
    this.#wake(release(this.#words, this.#cell, this.#thread.number));
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

  /** @internal By its cell, which it has once it waits, reports of other threads find the holder. */
  publishHolder(self: Coroutine): void {
    if (this.#holder !== self) return;
    Atomics.store(this.#words, wordsOf(this.#cell) + HELD_BY, self.sharedCell.cell);
    this.#isPublished = true;
  }

  /** Before it is released: the next holder may have no cell, and must not go by this one's. */
  #unpublish(): void {
    const at = wordsOf(this.#cell);
    Atomics.store(this.#words, at + HELD_BY, 0);
    Atomics.store(this.#words, at + HELD_SINCE, 0);
    this.#isPublished = false;
  }

  *#lockSlowly(options: LockOptions | undefined): Co<void> {
    const self = coSelf();
    // First, because it may be refused: from the announcement on an unlock counts on this wait.
    const waiter = SharedWaiter.of(this.#thread, self, this.#cell);
    const { number } = this.#thread;
    const words = this.#words;
    if (self.locksHeld > 0) for (const view of views.values()) view.publishHolder(self);
    const outcome = takeOrAnnounce(words, this.#cell, number);
    if (outcome !== 'announced') {
      waiter.end(words, true);
      if (outcome === 'broken') this.#refuseBroken('lock');
      this.#take(self);
      return;
    }
    this.#wake(lineUp(this.#words, this.#cell, waiter.cell, number));
    beginWait(self, this, options?.purpose);
    const forget = options?.signal === undefined ? null : onAbort(options.signal, () => aioCoKick(self));
    try {
      while (!hasLock(this.#words, this.#cell, waiter.cell, number)) {
        if (this.isBroken) {
          waiter.end(this.#words, false);
          this.#refuseBroken('lock');
        }
        // The hand-over wins: a lock that was handed to nobody would never be unlocked.
        if (options?.signal?.aborted === true && giveUp(this.#words, waiter.cell)) {
          waiter.abandon(this.#words);
          throw options.signal.reason;
        }
        yield* coYield();
        this.#wake(lookAgain(this.#words, this.#cell, number));
      }
    } finally {
      forget?.();
      endWait(self);
    }
    waiter.end(this.#words, true);
    this.#take(self);
    this.publishHolder(self);
    Atomics.store(this.#words, wordsOf(this.#cell) + HELD_SINCE, Date.now() | 0);
  }

  #take(self: Coroutine): void {
    this.#holder = self;
    self.locksHeld++;
  }

  /** The waiter has the lock. */
  #wake(waiter: number): void {
    if (waiter === 0) return;
    const own = waiterOf(waiter)?.coroutine;
    if (own) {
      aioCoKick(own);
      return;
    }
    const at = wordsOf(waiter);
    const bell = Atomics.load(this.#words, at + BELL);
    wakeCell(this.#thread, bell, Atomics.load(this.#words, at + BELL_GENERATION));
    // Its thread has ended in that moment: those behind it are to be told.
    if (this.isBroken) tellEveryThread(this.#thread);
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
    const holder = this.#holder?.name ?? this.holderThread;
    const who = holder === null ? 'nobody' : this.#holder === null ? `thread "${holder}"` : `"${holder}"`;
    return this.#refuse('CO_MUTEX_NOT_HOLDER', operation, `"${self.name}" called, ${who} holds it`);
  }

  #refuseBroken(operation: string): never {
    this.#refuse(
      'CO_MUTEX_BROKEN',
      operation,
      'the thread that held it has ended, what it protects may be half done',
    );
  }

  #refuse(code: CoMutexErrorCode, operation: string, why: string): never {
    throw new CoMutexError(code, `${operation} "${this.name}": ${why}`);
  }
}

// Per thread: its views by cell.
const views = new Map<number, SharedCoMutex>();

function makeMutex(thread: ThisThread, name: string): SharedCoMutexHandle {
  const cell = thread.takeCell(MUTEX, name);
  Atomics.store(thread.words, wordsOf(cell) + LOCK_WORD, 0);
  thread.bring(cell);
  return makeHandle('SharedCoMutex', name, thread, cell);
}
