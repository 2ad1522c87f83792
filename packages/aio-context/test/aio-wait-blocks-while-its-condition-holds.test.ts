import {
  AioContext,
  aioWaitBottomHalf,
  aioWaitKick,
  aioWaitWhile,
  getCurrentAioContext,
} from '@coaio/aio-context';
import { ASLEEP, IN_AIO_WAIT, joinThreads, wordsOf } from '@coaio/aio-context/shared';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';

const wakers = new URL('./workers/wakes-a-blocked-thread.mjs', import.meta.url);
const waiters = new URL('./workers/waits.mjs', import.meta.url);

test('what the condition looks at is changed by a callback of the context', () => {
  const context = new AioContext();
  let left = 3;
  const bottomHalf = context.createBottomHalf(() => {
    if (--left > 0) bottomHalf.schedule();
  });
  bottomHalf.schedule();
  aioWaitWhile(context, () => left > 0);
  expect(left).toBe(0);
});

test('a condition that does not hold polls nothing', () => {
  const context = new AioContext();
  let runs = 0;
  context.scheduleOneshot(() => runs++);
  aioWaitWhile(context, () => false);
  expect(runs).toBe(0);
  context.poll();
});

test('waits nest', () => {
  const context = new AioContext();
  const order: string[] = [];
  context.scheduleOneshot(() => {
    context.scheduleOneshot(() => order.push('inner'));
    aioWaitWhile(context, () => !order.includes('inner'));
    order.push('outer');
  });
  aioWaitWhile(context, () => !order.includes('outer'));
  expect(order).toEqual(['inner', 'outer']);
});

test('nobody is kicked any more when its wait is over, an error being its end', () => {
  const context = new AioContext();
  const { words, number } = joinThreads();
  const waits = () => Atomics.load(words, wordsOf(number) + IN_AIO_WAIT);
  const condition = () => {
    expect(waits()).toBe(1);
    throw new Error('no answer');
  };
  expect(() => aioWaitWhile(context, condition)).toThrow('no answer');
  expect(waits()).toBe(0);
});

test('aioWaitBottomHalf runs the callback in the context', () => {
  const context = new AioContext({ name: 'disk' });
  let seen: string | undefined;
  aioWaitBottomHalf(context, () => {
    seen = getCurrentAioContext()?.name;
  });
  expect(seen).toBe('disk');
});

test('the main thread waits for the context of an IOThread, until that one kicks', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const done = sharedWords();
  const main = new AioContext();
  void thread.run(wakers, 'setsAndKicksOnceItSleeps', main.handle, done);
  aioWaitWhile(thread.context, () => Atomics.load(done, 0) === 0);
  expect(Atomics.load(done, 0)).toBe(1);
});

test('it lets go of the lock of that context while it waits', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const done = sharedWords();
  thread.context.acquire();
  void thread.run(waiters, 'setsInABottomHalfAndKicks', done);
  aioWaitWhile(thread.context, () => Atomics.load(done, 0) === 0);
  thread.context.release();
  expect(refusalOf(() => thread.context.release())).toMatchObject({ code: 'AIO_LOCK_NOT_HELD' });
});

test('the thread that it waits for ends: refused', async () => {
  const thread = await startIOThread('there');
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  const ended = thread.run(wakers, 'exitsOnceItSleeps', context.handle).catch(() => {});
  expect(refusalOf(() => aioWaitWhile(thread.context, () => true))).toEqual({
    code: 'AIO_THREAD_GONE',
    message: 'aioWaitWhile: the thread of context "there" has ended',
  });
  await ended;
});

test('an IOThread does not wait for another thread', async () => {
  const [one, other] = [await startIOThread('one'), await startIOThread('other')];
  expect(await one.run(waiters, 'waitsForAnother', other.context.handle)).toEqual({
    code: 'AIO_WAIT_DEADLOCK',
    message:
      'aioWaitWhile: context "other" belongs to another thread, for which only the main thread may wait',
  });
});

test('it waits for its own context, and anybody kicks it', async () => {
  const thread = await startIOThread();
  const [waiting, done] = [sharedWords(), sharedWords()];
  const ended = thread.run(waiters, 'waitsForItsOwn', waiting, done);
  blockUntil(waiting);
  Atomics.store(done, 0, 1);
  aioWaitKick();
  expect(await ended).toBe('ended');
});

test('a kick rings nobody who does not wait', async () => {
  const thread = await startIOThread();
  const asleep = wordsOf(thread.context.handle.home) + ASLEEP;
  while (Atomics.load(joinThreads().words, asleep) === 0) await thread.run(wakers, 'ready');
  aioWaitKick();
  expect(Atomics.load(joinThreads().words, asleep)).toBe(1);
});
