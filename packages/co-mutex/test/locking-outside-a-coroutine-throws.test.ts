import { CoMutex } from '@coaio/co-mutex';
import { expect, test } from 'vitest';

function outside(message: string) {
  return expect.objectContaining({ code: 'CO_MUTEX_OUTSIDE_COROUTINE', message });
}

test('outside a coroutine there is nobody to hold the lock', () => {
  const mutex = new CoMutex();
  expect(() => mutex.lock().next()).toThrow(outside('lock "co-mutex": called outside a coroutine'));
  expect(() => mutex.tryLock()).toThrow(outside('lock "co-mutex": called outside a coroutine'));
  expect(() => mutex.unlock()).toThrow(outside('unlock "co-mutex": called outside a coroutine'));
  expect(() => mutex.withLock(function* () {}).next()).toThrow(
    outside('lock "co-mutex": called outside a coroutine'),
  );
  expect(mutex.holder).toBeNull();
});
