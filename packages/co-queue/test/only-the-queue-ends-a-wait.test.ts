import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { aioCoSchedule, Coroutine, coSelf } from '@coaio/coroutine';
import { beforeEach, expect, test } from 'vitest';

const other = new AioContext({ name: 'other' });
let queue: CoQueue;
let woken: (string | undefined)[];
let waiter: Coroutine;

beforeEach(() => {
  queue = new CoQueue();
  woken = [];
  waiter = Coroutine.create(function* () {
    yield* queue.wait();
    woken.push(coSelf().context?.name);
  });
  waiter.enter();
});

test('a coroutine that somebody enters while it waits goes on waiting, and is woken where it has moved to', () => {
  waiter.enter();
  aioCoSchedule(other, waiter);
  other.poll();
  expect(woken).toEqual([]);

  queue.next();
  getMainAioContext().poll();
  other.poll();
  expect(woken).toEqual(['other']);
});

test('moved between the wake and its bottom half, it is woken once, where it is then', () => {
  queue.next();
  aioCoSchedule(other, waiter);
  getMainAioContext().poll();
  expect(woken).toEqual([]);
  other.poll();
  expect(woken).toEqual(['other']);
});
