// Counts how often this thread rings another one.
import { BottomHalf } from '@coaio/aio-context';
import { ASLEEP, wordsOf } from '@coaio/aio-context/shared';

/**
 * Schedules all, and returns how often it rang their thread.
 *
 * @param {Int32Array} done set to 1 at the end
 * @param {import('@coaio/aio-context').BottomHalfHandle[]} handles
 */
export function countsRings(done, ...handles) {
  const { notify } = Atomics;
  let rings = 0;
  // The package uses Atomics.notify of this thread's global object, as everybody does.
  Atomics.notify = (
    /** @type {any} */ words,
    /** @type {number} */ index,
    /** @type {number | undefined} */ count,
  ) => {
    if (index === wordsOf(handles[0]?.home ?? 0) + ASLEEP) rings++;
    return notify(words, index, count);
  };
  for (const handle of handles) BottomHalf.attach(handle).schedule();
  Atomics.notify = notify;
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
  return rings;
}

export function ready() {}

/**
 * The same, but waits until the thread sleeps.
 *
 * @param {Int32Array} done
 * @param {import('@coaio/aio-context').BottomHalfHandle} first
 * @param {import('@coaio/aio-context').BottomHalfHandle[]} others
 */
export function countsRingsOfASleeper(done, first, ...others) {
  const words = new Int32Array(first.memory);
  while (Atomics.load(words, wordsOf(first.home) + ASLEEP) === 0);
  return countsRings(done, first, ...others);
}
