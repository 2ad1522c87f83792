import { type ThisThread, WAITER, type Wakeable, WakeableCell, wordsOf } from '@coaio/aio-context/shared';
import { aioCoSchedule, type Coroutine, type CoroutineError } from '@coaio/coroutine';
import {
  BELL,
  BELL_GENERATION,
  CHOSEN,
  THREAD_TAG,
  UNLINKED,
  WAIT_STATE,
  WAITING,
  WAITS_FOR,
  WAITS_SINCE,
  WHO_GENERATION,
  WHO_WAITS,
} from './layout.js';

// Per thread: those that wait, by cell, and those that no wait needs now or as soon as they are out of line.
const waiters = new Map<number, SharedWaiter>();
const free: SharedWaiter[] = [];
let abandoned: SharedWaiter[] = [];

/**
 * One coroutine's wait for a lock that threads share. Its cell is its link in the line. It is woken by a bell of its own, not as a
 * coroutine is: the one that hands the lock over may come to ring when the coroutine has seen that it has the lock, has gone on, and
 * yields for something else, which that wake must not end.
 */
export class SharedWaiter implements Wakeable {
  readonly name = 'waits for a shared lock';
  readonly onItsWay = false;
  readonly cell: number;
  readonly #bell: WakeableCell;
  #coroutine: Coroutine | null = null;

  /** `coroutine` waits for the mutex from now on. */
  static of(thread: ThisThread, coroutine: Coroutine, mutex: number): SharedWaiter {
    const waiter = takeFree(thread) ?? new SharedWaiter(thread);
    waiter.#begin(thread, coroutine, mutex);
    return waiter;
  }

  private constructor(thread: ThisThread) {
    this.cell = thread.takeCell(WAITER, '');
    this.#bell = new WakeableCell(this);
    const { words } = thread;
    const at = wordsOf(this.cell);
    Atomics.store(words, at + BELL, this.#bell.cell);
    Atomics.store(words, at + BELL_GENERATION, this.#bell.generation);
    Atomics.store(words, at + THREAD_TAG, thread.tag);
    thread.bring(this.cell);
  }

  get coroutine(): Coroutine | null {
    return this.#coroutine;
  }

  #begin(thread: ThisThread, coroutine: Coroutine, mutex: number): void {
    const { words } = thread;
    const at = wordsOf(this.cell);
    const { cell, generation } = coroutine.sharedCell;
    Atomics.store(words, at + WAIT_STATE, WAITING);
    Atomics.store(words, at + WHO_WAITS, cell);
    Atomics.store(words, at + WHO_GENERATION, generation);
    Atomics.store(words, at + WAITS_SINCE, Date.now() | 0);
    Atomics.store(words, at + WAITS_FOR, mutex);
    this.#coroutine = coroutine;
    waiters.set(this.cell, this);
  }

  /** It has the lock, or never will: the cell is out of line, or was left in the line of a broken lock for good. */
  end(words: Int32Array, isOutOfLine: boolean): void {
    this.#leave(words);
    if (isOutOfLine) free.push(this);
  }

  /** It gave up: whoever takes it out of line leaves a mark. */
  abandon(words: Int32Array): void {
    this.#leave(words);
    abandoned.push(this);
  }

  #leave(words: Int32Array): void {
    waiters.delete(this.cell);
    Atomics.store(words, wordsOf(this.cell) + WAITS_FOR, 0);
    this.#coroutine = null;
  }

  isOutOfLine(words: Int32Array): boolean {
    return Atomics.load(words, wordsOf(this.cell) + WAIT_STATE) === UNLINKED;
  }

  /** @internal It was rung. */
  woken(): void {
    this.#bell.rearm();
    this.lookSoon();
  }

  /** The coroutine looks at the lock, unless it is going to anyway. Not at once: this may be called outside all contexts. */
  lookSoon(): void {
    const coroutine = this.#coroutine;
    if (coroutine?.state !== 'yielded' || coroutine.context === undefined) return;
    if (coroutine.onItsWay) return;
    try {
      aioCoSchedule(coroutine.context, coroutine);
    } catch (error) {
      // Another thread was faster to wake it.
      if ((error as Partial<CoroutineError>).code !== 'COROUTINE_ALREADY_SCHEDULED') throw error;
    }
  }
}

/** The wait behind the cell, if it is one of this thread's. */
export function waiterOf(cell: number): SharedWaiter | undefined {
  return waiters.get(cell);
}

/** Whether one of this thread's coroutines stands in a line. */
export function hasOwnWaiters(): boolean {
  return waiters.size > 0;
}

/** The coroutine of this thread that was given the mutex and has not run since. */
export function heirOf(words: Int32Array, mutex: number): Coroutine | null {
  for (const { cell, coroutine } of waiters.values()) {
    const at = wordsOf(cell);
    if (Atomics.load(words, at + WAITS_FOR) !== mutex) continue;
    if (Atomics.load(words, at + WAIT_STATE) === CHOSEN) return coroutine;
  }
  return null;
}

export function ownWaiters(): Iterable<SharedWaiter> {
  return waiters.values();
}

function takeFree(thread: ThisThread): SharedWaiter | undefined {
  if (abandoned.length === 0) return free.pop();
  const still: SharedWaiter[] = [];
  // Each looked at once: it may leave the line at this moment.
  for (const waiter of abandoned) (waiter.isOutOfLine(thread.words) ? free : still).push(waiter);
  abandoned = still;
  return free.pop();
}
