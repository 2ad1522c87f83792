// A thread that has the lock of another one's context.
import { AioContext } from '@coaio/aio-context';
import { LOCK, LOCK_CONTENDED, wordsOf } from '@coaio/aio-context/shared';

/**
 * Holds it until somebody waits for it, or something has run all the same.
 *
 * @param {import('@coaio/aio-context').AioContextHandle} handle
 * @param {Int32Array} words 0: held; 1: how often something has run
 * @returns how often something has run while it was held
 */
export function holdUntilSomebodyWaits(handle, words) {
  const context = AioContext.attach(handle);
  const lock = wordsOf(handle.cell) + LOCK;
  context.acquire();
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  while ((Atomics.load(new Int32Array(handle.memory), lock) & LOCK_CONTENDED) === 0) {
    if (Atomics.load(words, 1) > 0) break;
  }
  const runs = Atomics.load(words, 1);
  context.release();
  return runs;
}
