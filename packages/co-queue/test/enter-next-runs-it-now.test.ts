import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';
import { waiter, waiters } from './support/waiters.js';

test('enterNext enters the first, enterAll all of them, before they return', () => {
  const queue = new CoQueue();
  const ran: string[] = [];
  waiters(queue, 'abc', ran);
  expect(queue.enterNext()).toBe(true);
  expect(ran).toEqual(['a']);
  queue.enterAll();
  expect(ran).toEqual(['a', 'b', 'c']);
  expect(queue.isEmpty).toBe(true);
});

test('one of another context is scheduled there', () => {
  const home = new AioContext();
  const queue = new CoQueue();
  const ran: string[] = [];
  waiters(queue, 'ab', ran, home);
  queue.enterNext();
  queue.enterAll();
  expect(ran).toEqual([]);
  home.poll();
  expect(ran).toEqual(['a', 'b']);
});

test('enterAll does not enter again those that wait again, nor newcomers', () => {
  const queue = new CoQueue();
  const ran: string[] = [];
  const again = Coroutine.create(function* (): Co<void> {
    for (;;) {
      yield* queue.wait();
      // The one behind it is being entered already, so there is nobody to wake.
      ran.push(`again, next: ${queue.next()}`);
      waiters(queue, 'n', ran);
    }
  });
  again.enter();
  waiters(queue, 'b', ran);
  queue.enterAll();
  expect(ran).toEqual(['again, next: false', 'b']);
  expect(queue.isEmpty).toBe(false);
});

test('enterNext throws what the entered one throws; enterAll enters the others all the same', async () => {
  const uncaught = collectUncaught();
  const queue = new CoQueue();
  const failure = new Error('woken and failed');
  const ran: string[] = [];
  const fails = () => {
    throw failure;
  };
  waiter(queue, fails);
  expect(() => queue.enterNext()).toThrow(failure);
  waiter(queue, fails);
  waiters(queue, 'b', ran);
  queue.enterAll();
  expect(ran).toEqual(['b']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
  expect(getMainAioContext().poll()).toBe(false);
});
