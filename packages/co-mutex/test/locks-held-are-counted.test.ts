import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine, coSelf } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('locksHeld follows what a coroutine takes and gives back', () => {
  const [first, second] = [new CoMutex(), new CoMutex()];
  const counts: number[] = [];
  const count = () => counts.push(coSelf().locksHeld);
  Coroutine.create(function* (): Co<void> {
    yield* first.lock();
    count();
    second.tryLock();
    count();
    first.unlock();
    count();
    second.unlock();
    count();
  }).enter();
  expect(counts).toEqual([1, 2, 1, 0]);
});

test('a lock that was handed over counts for its new holder', () => {
  const mutex = new CoMutex();
  const holder = criticalSection(mutex, 'holder', []);
  const waiter = criticalSection(mutex, 'waiter', []);
  holder.enter();
  expect([holder.locksHeld, waiter.locksHeld]).toEqual([0, 1]);
  waiter.enter();
  expect(waiter.locksHeld).toBe(0);
});

test('a coroutine that ends with the lock held is told so', () => {
  const mutex = new CoMutex();
  const forgets = Coroutine.create(() => mutex.lock(), 'forgets');
  expect(() => forgets.enter()).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_LOCK_HELD',
      message: 'end: "forgets" still holds 1 locks',
    }),
  );
});
