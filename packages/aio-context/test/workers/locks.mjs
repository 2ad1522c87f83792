// Threads that want the lock of another one's context.
import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { LOCK, LOCK_CONTENDED, wordsOf } from '@coaio/aio-context/shared';
import { refusalOf } from './refusal.mjs';

export function ready() {}

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
function isContended({ memory, cell }) {
  return (Atomics.load(new Int32Array(memory), wordsOf(cell) + LOCK) & LOCK_CONTENDED) !== 0;
}

/** @param {Int32Array} words @param {number} index */
function set(words, index) {
  Atomics.store(words, index, 1);
  Atomics.notify(words, index);
}

/**
 * Holds the lock until somebody waits for it, or something has run all the same (words[1]).
 *
 * @param {import('@coaio/aio-context').AioContextHandle} handle
 * @param {Int32Array} words 0: held; 1: how often something has run; 2: let go
 * @returns how often something has run while it was held
 */
export function holdsUntilSomebodyWaits(handle, words) {
  const context = AioContext.attach(handle);
  context.acquire();
  context.acquire();
  set(words, 0);
  while (!isContended(handle) && Atomics.load(words, 1) === 0);
  const runs = Atomics.load(words, 1);
  context.release();
  Atomics.store(words, 2, 1);
  context.release();
  return { runs, again: refusalOf(() => context.release()) };
}

/**
 * @param {import('@coaio/aio-context').AioContextHandle} handle
 * @param {Int32Array} words 0: it tries; 1: read when it has the lock
 */
export function acquires(handle, words) {
  const context = AioContext.attach(handle);
  set(words, 0);
  context.acquire();
  const seen = Atomics.load(words, 1);
  context.release();
  return seen;
}

/**
 * Dispatches without pause until the word is set.
 *
 * @param {Int32Array} words 0: it dispatches; 1: enough
 */
export function dispatchesWithoutPause(words) {
  const context = getCurrentAioContext();
  let dispatches = 0;
  while (Atomics.load(words, 1) === 0) {
    context?.scheduleOneshot(() => dispatches++);
    context?.poll();
    set(words, 0);
  }
  return dispatches;
}

/**
 * Increments plain words under the lock.
 *
 * @param {import('@coaio/aio-context').AioContextHandle} handle
 * @param {Int32Array} counter
 * @param {number} times
 */
export function increments(handle, counter, times) {
  const context = AioContext.attach(handle);
  for (let i = 0; i < times; i++) {
    context.acquire();
    // Read and written apart, and by all: without the lock some would be lost.
    counter[0] = (counter[0] ?? 0) + 1;
    context.release();
  }
}

/** The same in the bottom halves of its own context. @param {Int32Array} counter @param {number} times */
export async function incrementsAtHome(counter, times) {
  const context = getCurrentAioContext();
  await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const bottomHalf = context?.createBottomHalf(() => {
      counter[0] = (counter[0] ?? 0) + 1;
      if (--times > 0) bottomHalf?.schedule();
      else resolve();
    });
    bottomHalf?.schedule();
  });
}

/** @type {{ acquire(): void } | undefined} */
let later;

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
export function attachesForLater(handle) {
  later = AioContext.attach(handle);
}

export function triesToAcquireThat() {
  return refusalOf(() => later?.acquire());
}
