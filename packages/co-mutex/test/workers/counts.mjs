// Bodies of threads that add to one counter: under the mutex, and under two bare locks.
import { getCurrentAioContext } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { aioCoSchedule, coRun, coSelf, coYield } from '@coaio/coroutine';

/** The counter, how many are inside, the thread that was inside last, hand-overs to another thread; a bare lock's word; a baton's. */
export const COUNTER = 0;
export const INSIDE = 1;
export const LAST = 2;
export const HAND_OVERS = 3;
export const SPINLOCK = 16;
export const BATON = 32;
export const STOP = 48;
export const WORDS = 64;

/** So that what is imported here is there before the clock runs. */
export function ready() {}

/**
 * @param {Int32Array} words
 * @param {number} me
 */
function add(words, me) {
  if (Atomics.add(words, INSIDE, 1) !== 0) throw new Error('two are inside');
  // Not atomic, on purpose.
  words[COUNTER] = /** @type {number} */ (words[COUNTER]) + 1;
  if (words[LAST] !== me) {
    words[LAST] = me;
    words[HAND_OVERS] = /** @type {number} */ (words[HAND_OVERS]) + 1;
  }
  Atomics.sub(words, INSIDE, 1);
}

/**
 * @param {import('@coaio/co-mutex').SharedCoMutexHandle} handle
 * @param {Int32Array} words
 * @param {number} me
 * @param {number} milliseconds
 * @param {{ coroutines?: number, yieldsEach?: number }} options `yieldsEach`: how often it yields with the lock held, 0: never
 * @returns how often it had the lock
 */
export async function countsUnderMutex(
  handle,
  words,
  me,
  milliseconds,
  { coroutines = 1, yieldsEach = 0 } = {},
) {
  const mutex = SharedCoMutex.attach(handle);
  const until = performance.now() + milliseconds;
  let count = 0;
  const counts = Array.from({ length: coroutines }, () =>
    coRun(function* () {
      const context = getCurrentAioContext();
      let isOver = false;
      while (!isOver) {
        yield* mutex.lock();
        add(words, me);
        count++;
        if (yieldsEach > 0 && count % yieldsEach === 0 && context !== undefined) {
          aioCoSchedule(context, coSelf());
          yield* coYield();
        }
        if ((count & 15) === 0) isOver = performance.now() >= until;
        mutex.unlock();
      }
    }),
  );
  await Promise.all(counts);
  return count;
}

/**
 * @param {Int32Array} words
 * @param {number} me
 * @param {number} milliseconds
 */
export function countsUnderSpinlock(words, me, milliseconds) {
  const until = performance.now() + milliseconds;
  let count = 0;
  while ((count & 63) !== 0 || performance.now() < until) {
    while (Atomics.compareExchange(words, SPINLOCK, 0, 1) !== 0);
    add(words, me);
    count++;
    Atomics.store(words, SPINLOCK, 0);
  }
  return count;
}

/**
 * A lock that is as fair: each in turn.
 *
 * @param {Int32Array} words
 * @param {number} me from 0
 * @param {number} milliseconds
 * @param {number} threads
 */
export function countsUnderBaton(words, me, milliseconds, threads) {
  const until = performance.now() + milliseconds;
  let count = 0;
  for (let isLast = false; !isLast; ) {
    for (let turn = Atomics.load(words, BATON); turn !== me; turn = Atomics.load(words, BATON)) {
      Atomics.wait(words, BATON, turn);
    }
    isLast = Atomics.load(words, STOP) !== 0 || performance.now() >= until;
    if (isLast) Atomics.store(words, STOP, 1);
    else {
      add(words, me);
      count++;
    }
    Atomics.store(words, BATON, (me + 1) % threads);
    Atomics.notify(words, BATON);
  }
  return count;
}
