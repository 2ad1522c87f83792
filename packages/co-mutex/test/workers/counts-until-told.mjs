// A thread of the test in which threads end at random: its coroutines lock and unlock until they are told to stop, or that the lock is
// broken, or the thread ends.
import { getCurrentAioContext } from '@coaio/aio-context';
import { SharedCoMutex } from '@coaio/co-mutex';
import { aioCoSchedule, coRun, coSelf, coYield } from '@coaio/coroutine';
import { randomNumbers } from '../support/random-numbers.mjs';

/** Said by the test; how many are inside; the counter; the part of it that is the victim's. */
export const STOP = 0;
export const INSIDE = 1;
export const COUNTER = 2;
export const VICTIMS = 3;

export function ready() {}

/** @returns {import('@coaio/coroutine').Co<void>} */
function* yieldsOnce() {
  const context = getCurrentAioContext();
  if (context === undefined) return;
  aioCoSchedule(context, coSelf());
  yield* coYield();
}

/**
 * @param {import('@coaio/co-mutex').SharedCoMutexHandle} handle
 * @param {Int32Array} words
 * @param {number} seed
 * @param {{ coroutines: number, isVictim?: boolean, endsAt?: number }} options `endsAt`: by itself, with the lock held, then
 * @returns {Promise<{ count: number, ends: string[] }>} how its coroutines ended
 */
export async function counts(handle, words, seed, { coroutines, isVictim = false, endsAt = -1 }) {
  const mutex = SharedCoMutex.attach(handle);
  let count = 0;
  const all = Array.from({ length: coroutines }, (_, index) =>
    coRun(function* () {
      const random = randomNumbers(seed + index);
      while (Atomics.load(words, STOP) === 0) {
        yield* mutex.lock();
        if (Atomics.add(words, INSIDE, 1) !== 0) throw new Error('two are inside');
        words[COUNTER] = /** @type {number} */ (words[COUNTER]) + 1;
        if (isVictim) words[VICTIMS] = /** @type {number} */ (words[VICTIMS]) + 1;
        count++;
        if (random(4) === 0) yield* yieldsOnce();
        if (count === endsAt) yield* endsHere(random(2));
        Atomics.sub(words, INSIDE, 1);
        mutex.unlock();
        if (random(8) === 0) yield* yieldsOnce();
      }
      return 'told to stop';
    }).catch((error) => /** @type {{ code?: string }} */ (error).code ?? String(error)),
  );
  return { ends: await Promise.all(all), count };
}

/** @param {number} how @returns {import('@coaio/coroutine').Co<void>} */
function* endsHere(how) {
  if (how === 0) process.exit(3);
  // Not from the coroutine: it would be the error of its promise.
  process.nextTick(() => {
    throw new Error('ends on purpose');
  });
  yield* coYield();
}
