import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test.each(['lock', 'tryLock'] as const)('%s by the holder throws, and it holds the lock once', (verb) => {
  const mutex = new CoMutex('requests');
  let thrown: unknown;
  const co = Coroutine.create(function* twice(): Co<void> {
    yield* mutex.lock();
    try {
      if (verb === 'lock') yield* mutex.lock();
      else mutex.tryLock();
    } catch (error) {
      thrown = error;
    }
    mutex.unlock();
  });
  co.enter();
  expect(thrown).toMatchObject({
    code: 'CO_MUTEX_RECURSIVE',
    message: 'lock "requests": "twice" holds it already',
  });
  expect(co.state).toBe('ended');
  expect(mutex.holder).toBeNull();
});
