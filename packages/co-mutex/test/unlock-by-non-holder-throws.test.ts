import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

function notHolder(who: string) {
  return expect.objectContaining({
    name: 'CoMutexError',
    code: 'CO_MUTEX_NOT_HOLDER',
    message: `unlock "requests": "thief" called, ${who} holds it`,
  });
}

test('only the holder may unlock; the refusal changes nothing', () => {
  const mutex = new CoMutex('requests');
  function* thief(): Co<void> {
    mutex.unlock();
  }
  expect(() => Coroutine.create(thief).enter()).toThrow(notHolder('nobody'));
  const holder = criticalSection(mutex, 'holder', []);
  expect(() => Coroutine.create(thief).enter()).toThrow(notHolder('"holder"'));
  expect(mutex.holder).toBe(holder);
  holder.enter();
  expect(mutex.holder).toBeNull();
});

test('a waiter is not the holder', () => {
  const mutex = new CoMutex('requests');
  const holder = criticalSection(mutex, 'holder', []);
  const thief = criticalSection(mutex, 'thief', []);
  expect(thief.locksHeld).toBe(0);
  expect(holder.locksHeld).toBe(1);
});
