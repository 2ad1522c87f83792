import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';
import { waiter, waiters } from './support/waiters.js';

test('one that throws when woken by restartAll: the others are woken, its error is uncaught', async () => {
  const uncaught = collectUncaught();
  const queue = new CoQueue();
  const failure = new Error('woken and failed');
  const woken: string[] = [];
  waiters(queue, 'a', woken);
  waiter(queue, () => {
    throw failure;
  });
  waiters(queue, 'bc', woken);
  queue.restartAll();
  getMainAioContext().poll();
  expect(woken).toEqual(['a', 'b', 'c']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});
