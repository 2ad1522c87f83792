import {
  cellsOfKind,
  generationOf,
  HOME,
  isThreadAlive,
  readName,
  TAG,
  type ThisThread,
  thisThread,
  WAITER,
  wakeableOf,
  wordsOf,
} from '@coaio/aio-context/shared';
import { Coroutine } from '@coaio/coroutine';
import type { LockHold } from '../lock-hold.js';
import {
  CHOSEN,
  HELD_BY,
  HELD_SINCE,
  holderOf,
  isHeld,
  LOCK_WORD,
  WAIT_STATE,
  WAITING,
  WAITS_FOR,
  WAITS_SINCE,
  WHO_GENERATION,
  WHO_WAITS,
} from './layout.js';
import { waiterOf } from './shared-waiter.js';

/** A coroutine of another thread, as far as shared memory tells. */
export interface CoroutineElsewhere {
  /** Cut to 24 bytes. */
  readonly name: string;
  /** The name of its thread. */
  readonly thread: string;
}

/** A wait in another thread. */
export interface WaitElsewhere {
  readonly coroutine: CoroutineElsewhere;
  readonly on: SharedLock;
  readonly purpose: undefined;
  /** In this thread's `performance.now()`. */
  readonly sinceMs: number;
}

/** A SharedCoMutex, of which this thread need not have a view. */
export interface SharedLock {
  readonly kind: string;
  readonly name: string;
  holds(): LockHold[];
}

/** The waits for a SharedCoMutex in all other threads, the oldest first: as they were at one moment or another of this call. */
export function waitsElsewhere(): WaitElsewhere[] {
  const thread = thisThread();
  if (thread === null) return [];
  const waits = [...cellsOfKind(thread.words, WAITER)].flatMap((cell) => waitElsewhere(thread, cell));
  return waits.sort((a, b) => a.sinceMs - b.sinceMs);
}

function waitElsewhere(thread: ThisThread, cell: number): WaitElsewhere[] {
  const { words } = thread;
  const at = wordsOf(cell);
  const mutex = Atomics.load(words, at + WAITS_FOR);
  const state = Atomics.load(words, at + WAIT_STATE);
  const waits = mutex !== 0 && (state === WAITING || state === CHOSEN);
  // This thread's are in its own list of waits, with their purpose.
  if (!waits || waiterOf(cell) !== undefined || !isThreadAlive(words, Atomics.load(words, at + HOME)))
    return [];
  const who = Atomics.load(words, at + WHO_WAITS);
  const coroutine = elsewhere(words, who, Atomics.load(words, at + WHO_GENERATION));
  const sinceMs = performance.now() - elapsedMs(Atomics.load(words, at + WAITS_SINCE));
  const holds = (): LockHold[] => (state === CHOSEN ? [{ holder: coroutine }] : holdsOfMutex(thread, mutex));
  const on = { kind: 'SharedCoMutex', name: readName(words, mutex), holds };
  // It has gone on, or its thread has ended, while this was put together.
  if (Atomics.load(words, at + WAITS_FOR) !== mutex || Atomics.load(words, at + WHO_WAITS) !== who) return [];
  return [{ coroutine, on, purpose: undefined, sinceMs }];
}

/** Who holds the mutex: a coroutine, if it has waited for this one or another; else all that is known is the thread. */
export function holdsOfMutex(thread: ThisThread, mutex: number): LockHold[] {
  const { words } = thread;
  const at = wordsOf(mutex);
  const word = Atomics.load(words, at + LOCK_WORD);
  if (!isHeld(word)) return [];
  const holder = holderOf(word);
  const cell = Atomics.load(words, at + HELD_BY);
  const since = Atomics.load(words, at + HELD_SINCE);
  if (cell === 0 || Atomics.load(words, wordsOf(cell) + HOME) !== holder) {
    return [{ holder: `thread ${readName(words, holder)}` }];
  }
  const own = wakeableOf(cell);
  const coroutine =
    own instanceof Coroutine
      ? own
      : elsewhere(words, cell, generationOf(Atomics.load(words, wordsOf(cell) + TAG)));
  return [{ holder: coroutine, ...(since === 0 ? {} : { sinceMs: performance.now() - elapsedMs(since) }) }];
}

// Per thread: those that reports have told of. One coroutine is one object: circles are found by that.
const known = new Map<number, CoroutineElsewhere & { readonly generation: number }>();

function elsewhere(words: Int32Array, cell: number, generation: number): CoroutineElsewhere {
  const before = known.get(cell);
  if (before?.generation === generation) return before;
  const thread = readName(words, Atomics.load(words, wordsOf(cell) + HOME));
  const coroutine = { name: readName(words, cell), thread, generation };
  known.set(cell, coroutine);
  return coroutine;
}

/** Since a `Date.now() | 0`, in milliseconds modulo 2^32. A clock that was set back meanwhile counts as 0. */
function elapsedMs(since: number): number {
  return Math.max((Date.now() - since) | 0, 0);
}
