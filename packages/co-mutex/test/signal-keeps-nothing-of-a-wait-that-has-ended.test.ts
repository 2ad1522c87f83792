import { getEventListeners } from 'node:events';
import { CoMutex, CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

const mutex = new CoMutex();
const rwlock = new CoRwlock();

test.each([
  ['CoMutex', mutex],
  ['CoRwlock', rwlock.writer],
])('%s: granted, it no longer listens to the signal', (_, lock) => {
  const { signal } = new AbortController();
  const holder = new Actor('holder').does(() => lock.lock({ signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  const waiter = new Actor('waiter').does(() => lock.lock({ signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  holder.calls(() => lock.unlock());
  expect(waiter.waits).toBe(false);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('so with an upgrade', () => {
  const { signal } = new AbortController();
  const [a, b] = [new Actor('a'), new Actor('b')];
  const lock = new CoRwlock();
  for (const actor of [a, b]) actor.does(() => lock.rdlock());
  a.does(() => lock.upgrade({ signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  b.calls(() => lock.unlock());
  expect(a.waits).toBe(false);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
