import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, type Lockable } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a lock that cannot be let go: the wait throws and the coroutine is not queued', () => {
  const queue = new CoQueue();
  const lock = {
    *lock(): Co<void> {},
    unlock() {
      throw new Error('not the holder');
    },
  };
  expect(() => Coroutine.create(() => queue.wait(lock)).enter()).toThrow('not the holder');
  expect(queue.isEmpty).toBe(true);
});

test('outside a coroutine: the lock is kept', () => {
  const queue = new CoQueue();
  let unlocks = 0;
  const lock: Lockable = { *lock(): Co<void> {}, unlock: () => void unlocks++ };
  expect(() => queue.wait(lock).next()).toThrow(
    expect.objectContaining({ code: 'COROUTINE_OUTSIDE', message: 'coSelf: called outside a coroutine' }),
  );
  expect(unlocks).toBe(0);
  expect(queue.isEmpty).toBe(true);
});
