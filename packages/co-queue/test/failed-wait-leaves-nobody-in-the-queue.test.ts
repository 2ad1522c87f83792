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

test('a lock that cannot be taken again: its error goes to the waiter, woken or abandoned', () => {
  const queue = new CoQueue();
  const failure = new Error('broken');
  const lock: Lockable = {
    *lock(): Co<void> {
      throw failure;
    },
    unlock() {},
  };
  Coroutine.create(() => queue.wait(lock)).enter();
  expect(() => queue.enterNext()).toThrow(failure);
  const abort = new AbortController();
  let thrown: unknown;
  Coroutine.create(function* (): Co<void> {
    try {
      yield* queue.wait(lock, { signal: abort.signal });
    } catch (error) {
      thrown = error;
    }
  }).enter();
  abort.abort();
  expect(thrown).toBe(failure);
  expect(queue.isEmpty).toBe(true);
});

test('a lock that yields without a star is told so', () => {
  const queue = new CoQueue();
  let told: unknown;
  const lock = {
    *lock() {
      try {
        yield 'no star';
      } catch (error) {
        told = error;
      }
    },
    unlock() {},
  } as unknown as Lockable;
  const co = Coroutine.create(() => queue.wait(lock));
  co.enter();
  queue.enterNext();
  expect(told).toMatchObject({ code: 'COROUTINE_BAD_YIELD' });
  expect(co.state).toBe('ended');
});
