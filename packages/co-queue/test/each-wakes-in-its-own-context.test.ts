import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { expect, test } from 'vitest';
import { waiter } from './support/waiters.js';

test('restartAll wakes each in its own context, in order within each', () => {
  const [a, b] = [new AioContext({ name: 'A' }), new AioContext({ name: 'B' })];
  const queue = new CoQueue();
  const woken: string[] = [];
  for (const [index, context] of [a, b, a, b].entries()) {
    waiter(queue, () => woken.push(`${index} in ${getCurrentAioContext()?.name}`), context);
  }
  queue.restartAll();
  b.poll();
  expect(woken).toEqual(['1 in B', '3 in B']);
  a.poll();
  expect(woken.slice(2)).toEqual(['0 in A', '2 in A']);
});

test('next, called in one context, wakes the first where that one lives', () => {
  const [caller, home] = [new AioContext(), new AioContext()];
  const queue = new CoQueue();
  const seen: unknown[] = [];
  waiter(queue, () => seen.push(getCurrentAioContext()), home);
  caller.run(() => queue.next());
  expect(caller.poll()).toBe(false);
  expect(home.poll()).toBe(true);
  expect(seen).toEqual([home]);
});
