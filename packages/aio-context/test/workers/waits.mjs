// Threads that are in aioWaitWhile.
import { AioContext, aioWaitKick, aioWaitWhile, getCurrentAioContext } from '@coaio/aio-context';
import { refusalOf } from './refusal.mjs';

/** @param {import('@coaio/aio-context').AioContextHandle} handle */
export function waitsForAnother(handle) {
  return refusalOf(() => aioWaitWhile(AioContext.attach(handle), () => true));
}

/** @param {Int32Array} waiting @param {Int32Array} done */
export function waitsForItsOwn(waiting, done) {
  const context = getCurrentAioContext();
  if (context === undefined) return 'no context';
  aioWaitWhile(context, () => {
    Atomics.store(waiting, 0, 1);
    Atomics.notify(waiting, 0);
    return Atomics.load(done, 0) === 0;
  });
  return 'ended';
}

/** @param {Int32Array} done */
export function setsInABottomHalfAndKicks(done) {
  getCurrentAioContext()?.scheduleOneshot(() => {
    Atomics.store(done, 0, 1);
    aioWaitKick();
  });
}
