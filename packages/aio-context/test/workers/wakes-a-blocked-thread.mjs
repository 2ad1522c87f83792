// Does something to a thread once that one sleeps.
import { AioContext, aioWaitKick, BottomHalf } from '@coaio/aio-context';
import { ASLEEP, wordsOf } from '@coaio/aio-context/shared';

export function ready() {}

/** @param {import('@coaio/aio-context/shared').CellHandle} handle */
function waitUntilItSleeps(handle) {
  const words = new Int32Array(handle.memory);
  while (Atomics.load(words, wordsOf(handle.home) + ASLEEP) === 0);
}

/** @param {import('@coaio/aio-context').BottomHalfHandle} handle */
export function schedulesOnceItSleeps(handle) {
  waitUntilItSleeps(handle);
  BottomHalf.attach(handle).schedule();
}

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
export function notifiesOnceItSleeps(handle) {
  waitUntilItSleeps(handle);
  AioContext.attach(handle).notify();
}

/** @param {import('@coaio/aio-context').AioContextHandle} handle @param {Int32Array} done */
export function setsAndKicksOnceItSleeps(handle, done) {
  waitUntilItSleeps(handle);
  Atomics.store(done, 0, 1);
  aioWaitKick();
}

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
export function exitsOnceItSleeps(handle) {
  waitUntilItSleeps(handle);
  process.exit(5);
}

/**
 * Sets the word under the lock of the context, once its thread sleeps.
 *
 * @param {import('@coaio/aio-context').AioContextHandle} handle @param {Int32Array} done
 */
export function setsUnderTheLock(handle, done) {
  waitUntilItSleeps(handle);
  const context = AioContext.attach(handle);
  context.acquire();
  Atomics.store(done, 0, 1);
  context.release();
  context.notify?.();
}

/** @param {import('@coaio/aio-context').AioContextHandle} handle @param {Int32Array} flag */
export function notifiesAndTells(handle, flag) {
  AioContext.attach(handle).notify();
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

export function exits() {
  process.exit(5);
}
