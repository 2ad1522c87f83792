import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { expect, test } from 'vitest';
import { waiters } from './support/waiters.js';

const main = getMainAioContext();

test('next wakes one, the first', () => {
  const queue = new CoQueue();
  const woken: string[] = [];
  expect(queue.isEmpty).toBe(true);
  waiters(queue, 'abc', woken);
  expect(queue.isEmpty).toBe(false);
  expect(queue.next()).toBe(true);
  main.poll();
  expect(woken).toEqual(['a']);
  expect(queue.next()).toBe(true);
  expect(queue.next()).toBe(true);
  expect(queue.isEmpty).toBe(true);
  main.poll();
  expect(woken).toEqual(['a', 'b', 'c']);
});

test('restartAll wakes all, in order', () => {
  const queue = new CoQueue();
  const woken: string[] = [];
  waiters(queue, 'abc', woken);
  queue.restartAll();
  expect(queue.isEmpty).toBe(true);
  main.poll();
  expect(woken).toEqual(['a', 'b', 'c']);
});

test('with nobody waiting there is nothing to do', () => {
  const queue = new CoQueue();
  expect(queue.next()).toBe(false);
  expect(queue.enterNext()).toBe(false);
  queue.restartAll();
  queue.enterAll();
  expect(main.poll()).toBe(false);
});
