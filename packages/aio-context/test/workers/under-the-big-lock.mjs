import { AioContext, bigLock, getCurrentAioContext, inAioContextHomeThread } from '@coaio/aio-context';

/** @param {import('@coaio/aio-context').AioContextHandle} main @param {import('@coaio/aio-context').AioContextHandle} other */
export function currentUnderTheBigLock(main, other) {
  bigLock.lock();
  const seen = {
    current: getCurrentAioContext()?.name,
    mainIsHome: inAioContextHomeThread(AioContext.attach(main)),
    otherIsHome: inAioContextHomeThread(AioContext.attach(other)),
  };
  bigLock.unlock();
  return seen;
}
