import { AioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('whoever was woken first runs first, by whichever call', () => {
  const queue = new CoQueue();
  const context = new AioContext();
  const ran: string[] = [];
  const wait = (name: string): void =>
    Coroutine.create(function* () {
      yield* queue.wait();
      ran.push(name);
    }).enter(context);
  wait('first');
  queue.enterAll();
  wait('second');
  wait('third');
  queue.next();
  queue.enterNext();
  context.poll();
  expect(ran).toEqual(['first', 'second', 'third']);
});
