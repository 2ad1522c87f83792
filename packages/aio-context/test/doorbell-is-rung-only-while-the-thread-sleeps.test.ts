import { AioContext } from '@coaio/aio-context';
import { ASLEEP, joinThreads, wordsOf } from '@coaio/aio-context/shared';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const doorbell = new URL('./workers/doorbell.mjs', import.meta.url);

test('wakes while the thread is busy in a callback are met without a ring', async () => {
  const thread = await startIOThread();
  await thread.run(doorbell, 'ready');
  const context = new AioContext();
  let runs = 0;
  const all = Array.from({ length: 50 }, () => context.createBottomHalf(() => runs++).handle);
  const done = sharedWords();
  let rings: Promise<unknown> | undefined;
  context.scheduleOneshot(() => {
    rings = thread.run(doorbell, 'countsRings', done, ...all);
    blockUntil(done);
  });
  context.poll();
  expect(runs).toBe(0);
  context.poll();
  expect(runs).toBe(50);
  expect(await rings).toBe(0);
});

test('a batch rings a sleeping thread once', async () => {
  const thread = await startIOThread();
  await thread.run(doorbell, 'ready');
  const context = new AioContext();
  let runs = 0;
  const all = Array.from({ length: 50 }, () => context.createBottomHalf(() => runs++).handle);
  const done = sharedWords();
  const rings = thread.run<number>(doorbell, 'countsRingsOfASleeper', done, ...all);
  // Asleep for the wakers, but deaf: it gets up when all have knocked.
  const { words, number } = joinThreads();
  Atomics.store(words, wordsOf(number) + ASLEEP, 1);
  blockUntil(done);
  context.poll();
  expect(runs).toBe(50);
  expect(await rings).toBe(1);
});

test('one that is in a blocking poll', async () => {
  const thread = await startIOThread();
  await thread.run(doorbell, 'ready');
  const context = new AioContext();
  let runs = 0;
  const { handle } = context.createBottomHalf(() => runs++);
  const rings = thread.run<number>(doorbell, 'countsRingsOfASleeper', sharedWords(), handle);
  while (runs === 0) context.poll(true);
  expect(await rings).toBe(1);
});

test('and one that rests in its event loop', async () => {
  const thread = await startIOThread();
  await thread.run(doorbell, 'ready');
  const context = new AioContext();
  const done = sharedWords();
  let rings: Promise<unknown> | undefined;
  await new Promise<void>((resolve) => {
    const { handle } = context.createBottomHalf(resolve);
    rings = thread.run(doorbell, 'countsRingsOfASleeper', done, handle);
  });
  expect(await rings).toBe(1);
});

test('after a blocking poll that a timer has ended the thread is up', () => {
  const context = new AioContext();
  const { words, number } = joinThreads();
  context.scheduleOneshot(() => {
    const timer = context.createTimer(() => {});
    timer.mod(timer.clock.nowNs() + 1e6);
    while (!context.poll(true));
    expect(Atomics.load(words, wordsOf(number) + ASLEEP)).toBe(0);
  });
  context.poll();
});

test('however often it falls asleep, it listens for one ring', async () => {
  // What other tests have asked the event loop for keeps the thread up.
  await new Promise(setImmediate);
  const context = new AioContext();
  void context.handle;
  const { waitAsync } = Atomics;
  let listens = 0;
  Atomics.waitAsync = ((...args: Parameters<typeof waitAsync>) => {
    listens++;
    return waitAsync(...args);
  }) as typeof waitAsync;
  const { words, number } = joinThreads();
  for (let poll = 0; poll < 100; poll++) {
    context.poll();
    expect(Atomics.load(words, wordsOf(number) + ASLEEP)).toBe(1);
  }
  Atomics.waitAsync = waitAsync;
  expect(listens).toBeLessThanOrEqual(1);
});
