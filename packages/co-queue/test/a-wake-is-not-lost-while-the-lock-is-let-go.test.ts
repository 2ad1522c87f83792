import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, type Lockable } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test.each(['next', 'enterNext'] as const)('%s from within unlock finds the waiter', (verb) => {
  const queue = new CoQueue();
  const found: boolean[] = [];
  // A user's own lock, which runs the one behind before it returns.
  const lock: Lockable = { *lock(): Co<void> {}, unlock: () => void found.push(queue[verb]()) };
  const co = Coroutine.create(() => queue.wait(lock));
  co.enter();
  getMainAioContext().poll();
  expect(found).toEqual([true]);
  expect(co.state).toBe('ended');
});
