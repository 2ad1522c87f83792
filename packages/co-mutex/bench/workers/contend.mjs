// A thread of shared-mutexes.mjs: takes the lock and adds one, until all threads together have counted far enough.
import { SharedCoMutex } from '@coaio/co-mutex';
import { coRun } from '@coaio/coroutine';

/**
 * @typedef {object} Contest
 * @property {SharedArrayBuffer} memory
 * @property {number} threads
 * @property {number} index of this thread
 * @property {number} times
 */

/** When, on the clock of all threads, and how often it had the lock. @typedef {{ startedMs: number, endedMs: number, entries: number }} Span */

/** Words, a cache line apart: threads that have arrived; of the Atomics lock; whose turn the baton gives; the counter. */
const GATE = 0;
const LOCK = 16;
const BATON = 32;
export const COUNTER = 48;
export const WORDS = 64;

/** The Atomics lock: 0 free, 1 taken, 2 taken and somebody may sleep. */
const SPINS = 100;
const OVER = -1;

/**
 * @param {Contest} contest
 * @param {import('@coaio/co-mutex').SharedCoMutexHandle} handle
 * @returns {Promise<Span>}
 */
export function underSharedCoMutex(contest, handle) {
  const mutex = SharedCoMutex.attach(handle);
  return coRun(function* () {
    const { words, startedMs } = begin(contest);
    let entries = 0;
    let counted = 0;
    do {
      yield* mutex.lock();
      counted = count(words);
      mutex.unlock();
      entries++;
    } while (counted < contest.times);
    return { startedMs, endedMs: clockMs(), entries };
  });
}

/**
 * @param {Contest} contest
 * @returns {Span}
 */
export function underAtomicsLock(contest) {
  const { words, startedMs } = begin(contest);
  let entries = 0;
  let counted = 0;
  do {
    lock(words);
    counted = count(words);
    unlock(words);
    entries++;
  } while (counted < contest.times);
  return { startedMs, endedMs: clockMs(), entries };
}

/**
 * @param {Contest} contest
 * @returns {Span}
 */
export function withBaton(contest) {
  const { threads, index, times } = contest;
  const { words, startedMs } = begin(contest);
  let entries = 0;
  for (;;) {
    const turn = Atomics.load(words, BATON);
    if (turn === OVER) break;
    if (turn !== index) {
      Atomics.wait(words, BATON, turn);
      continue;
    }
    const counted = count(words);
    entries++;
    Atomics.store(words, BATON, counted < times ? (index + 1) % threads : OVER);
    Atomics.notify(words, BATON);
  }
  return { startedMs, endedMs: clockMs(), entries };
}

/**
 * All begin at once.
 *
 * @param {Contest} contest
 */
function begin({ memory, threads }) {
  const words = new Int32Array(memory);
  const arrived = Atomics.add(words, GATE, 1) + 1;
  if (arrived === threads) Atomics.notify(words, GATE);
  for (let seen = arrived; seen < threads; seen = Atomics.load(words, GATE)) Atomics.wait(words, GATE, seen);
  return { words, startedMs: clockMs() };
}

/** Not atomic, on purpose: the lock is what makes it right. @param {Int32Array} words */
function count(words) {
  const counted = (words[COUNTER] ?? 0) + 1;
  words[COUNTER] = counted;
  return counted;
}

/** @param {Int32Array} words */
function lock(words) {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(words, LOCK) === 0 && Atomics.compareExchange(words, LOCK, 0, 1) === 0) return;
  }
  while (Atomics.exchange(words, LOCK, 2) !== 0) Atomics.wait(words, LOCK, 2);
}

/** @param {Int32Array} words */
function unlock(words) {
  if (Atomics.exchange(words, LOCK, 0) === 2) Atomics.notify(words, LOCK, 1);
}

/** `performance.now` has an origin of its own in each thread. */
function clockMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
