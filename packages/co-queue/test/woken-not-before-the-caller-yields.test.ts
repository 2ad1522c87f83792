import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { waiters } from './support/waiters.js';

const main = getMainAioContext();

test.each(['next', 'restartAll'] as const)('%s in a coroutine runs nobody before it yields', (verb) => {
  const queue = new CoQueue();
  const ran: string[] = [];
  waiters(queue, 'w', ran);
  const caller = Coroutine.create(function* (): Co<void> {
    queue[verb]();
    ran.push('called');
    yield* coYield();
    ran.push('ended');
  });
  caller.enter();
  main.poll();
  expect(ran).toEqual(['called', 'w']);
});

test.each(['next', 'restartAll'] as const)(
  '%s outside a coroutine runs nobody before the next poll',
  (verb) => {
    const queue = new CoQueue();
    const ran: string[] = [];
    waiters(queue, 'w', ran);
    queue[verb]();
    expect(ran).toEqual([]);
    main.poll();
    expect(ran).toEqual(['w']);
  },
);
