// The other side of cross-thread-wake.mjs.
import { BottomHalf, getCurrentAioContext } from '@coaio/aio-context';

/** Words of the bare wake, a cache line apart: what was asked last, what was answered last. */
export const PING = 0;
export const PONG = 16;
export const WORDS = 32;

/** A bottom half that schedules the caller's. @param {import('@coaio/aio-context').BottomHalfHandle} handle */
export function answerWith(handle) {
  const answer = BottomHalf.attach(handle);
  const context = /** @type {import('@coaio/aio-context').AioContext} */ (getCurrentAioContext());
  return context.createBottomHalf(() => answer.schedule(), 'ping').handle;
}

/** A bare `Atomics.wait` and `notify`. @param {SharedArrayBuffer} memory @param {number} wakes */
export function answerBare(memory, wakes) {
  const words = new Int32Array(memory);
  for (let wake = 1; wake <= wakes; wake++) {
    Atomics.wait(words, PING, wake - 1);
    Atomics.store(words, PONG, wake);
    Atomics.notify(words, PONG);
  }
}
