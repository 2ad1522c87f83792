import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { expect, test } from 'vitest';
import { waiters } from './support/waiters.js';

test('nothing that happens to the queue after the call changes whom it wakes', () => {
  const queue = new CoQueue();
  const woken: string[] = [];
  waiters(queue, 'ab', woken);
  queue.restartAll();
  expect(queue.next()).toBe(false);
  expect(queue.enterNext()).toBe(false);
  waiters(queue, 'c', woken);
  getMainAioContext().poll();
  expect(woken).toEqual(['a', 'b']);
  expect(queue.isEmpty).toBe(false);
});

test('a queue that lives only inside a function is enough', () => {
  const woken: string[] = [];
  function wakesThree(): void {
    const queue = new CoQueue();
    waiters(queue, 'abc', woken);
    queue.next();
    queue.restartAll();
  }
  wakesThree();
  wakesThree();
  getMainAioContext().poll();
  expect(woken.join('')).toBe('abcabc');
});
