import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { expect, test } from 'vitest';
import { waiters } from './support/waiters.js';

const main = getMainAioContext();

// One bottom half for all calls would run everybody at the place of the first call.
test('what is woken by two calls runs at the places of those calls among other bottom halves', () => {
  const queue = new CoQueue();
  const ran: string[] = [];
  waiters(queue, 'abcd', ran);
  queue.next();
  main.scheduleOneshot(() => ran.push('between'));
  queue.next();
  main.scheduleOneshot(() => ran.push('then'));
  queue.restartAll();
  main.poll();
  expect(ran).toEqual(['a', 'between', 'b', 'then', 'c', 'd']);
});

test('so with two queues', () => {
  const [first, second] = [new CoQueue(), new CoQueue()];
  const ran: string[] = [];
  waiters(first, 'ab', ran);
  waiters(second, 'x', ran);
  first.restartAll();
  main.scheduleOneshot(() => ran.push('between'));
  second.restartAll();
  main.poll();
  expect(ran).toEqual(['a', 'b', 'between', 'x']);
});

test('a call during a poll takes effect at the next poll', () => {
  const queue = new CoQueue();
  const ran: string[] = [];
  waiters(queue, 'ab', ran);
  queue.next();
  main.scheduleOneshot(() => queue.next());
  main.poll();
  expect(ran).toEqual(['a']);
  main.poll();
  expect(ran).toEqual(['a', 'b']);
});
