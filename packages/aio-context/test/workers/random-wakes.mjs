// A thread whose bottom halves wake those of all threads, at random.
import { getCurrentAioContext } from '@coaio/aio-context';
import { thisThread, wakeByHandle } from '@coaio/aio-context/shared';

/** @type {import('@coaio/aio-context').BottomHalfHandle[]} */
let everybody = [];

/**
 * @param {{ first: number, count: number, claims: Int32Array, runs: Int32Array, stop: Int32Array, seed: number }} part
 * which bottom halves are this thread's, and the words where all count
 */
export function makes({ first, count, claims, runs, stop, seed }) {
  const context = getCurrentAioContext();
  const random = numbersFrom(seed);
  const handles = [];
  for (let i = first; i < first + count; i++) {
    const bottomHalf = context?.createBottomHalf(() => {
      Atomics.add(runs, i, 1);
      if (Atomics.load(stop, 0) !== 0) return;
      for (let wakes = 1 + (random() % 3); wakes > 0; wakes--) wake(random() % everybody.length, claims);
    }, `bottom half ${i}`);
    handles.push(bottomHalf?.handle);
  }
  return handles;
}

/** @param {import('@coaio/aio-context').BottomHalfHandle[]} handles */
export function knows(handles) {
  everybody = handles;
}

/** Has the bottom half run; a wake that is merged with an earlier one is none. @param {number} i @param {Int32Array} claims */
export function wake(i, claims) {
  const thread = thisThread();
  const handle = everybody[i];
  if (thread === null || handle === undefined) throw new Error('nobody there');
  // Before: it may have run when this comes back.
  Atomics.add(claims, i, 1);
  const outcome = wakeByHandle(thread, handle);
  if (outcome === 'scheduled') Atomics.sub(claims, i, 1);
  else if (outcome !== 'claimed') throw new Error(`bottom half ${i} is ${outcome}`);
}

/** One turn of its event loop. */
export async function settles() {
  await new Promise(setImmediate);
}

/** @param {number} seed */
function numbersFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
}
