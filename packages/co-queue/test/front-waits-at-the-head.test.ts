import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { waiters } from './support/waiters.js';

const main = getMainAioContext();

test('one that was woken too early keeps its place with front, and loses it without', () => {
  for (const front of [true, false]) {
    const queue = new CoQueue();
    const woken: string[] = [];
    let ready = false;
    Coroutine.create(function* (): Co<void> {
      yield* queue.wait();
      while (!ready) yield* queue.wait(undefined, { front });
      woken.push('first');
    }).enter();
    waiters(queue, 'b', woken);
    queue.next();
    main.poll();
    ready = true;
    queue.next();
    queue.next();
    main.poll();
    expect(woken).toEqual(front ? ['first', 'b'] : ['b', 'first']);
  }
});

test('into an empty queue it is as any other', () => {
  const queue = new CoQueue();
  const woken: string[] = [];
  Coroutine.create(function* (): Co<void> {
    yield* queue.wait(undefined, { front: true });
    woken.push('front');
  }).enter();
  waiters(queue, 'b', woken);
  queue.restartAll();
  main.poll();
  expect(woken).toEqual(['front', 'b']);
  expect(queue.isEmpty).toBe(true);
});
