import { AioContext, IOThread } from '@coaio/aio-context';
import { joinThreads, SCHEDULED, TAG, tagOf, wordsOf } from '@coaio/aio-context/shared';
import { expect, test } from 'vitest';

const threads = new URL('./workers/threads.mjs', import.meta.url);

test('a thread ended between its claim and its push: the bottom half runs all the same', async () => {
  const thread = await IOThread.start();
  const ran = new Promise<void>((resolve) => {
    const { handle } = new AioContext().createBottomHalf(resolve);
    thread.run(threads, 'claimsAndEnds', handle).catch(() => {});
  });
  await ran;
});

test('and in a blocking poll', async () => {
  const thread = await IOThread.start();
  await thread.run(threads, 'ready');
  const context = new AioContext();
  let runs = 0;
  thread.run(threads, 'claimsAndEnds', context.createBottomHalf(() => runs++).handle).catch(() => {});
  while (runs === 0) context.poll(true);
  expect(runs).toBe(1);
});

test('what a living thread has claimed is left to it when another one ends', async () => {
  const [ending, living] = [await IOThread.start(), await IOThread.start()];
  const context = new AioContext();
  let runs = 0;
  const { handle } = context.createBottomHalf(() => runs++);
  // As if it were between its claim and its push.
  const claimed = tagOf(handle.generation, SCHEDULED, living.context.handle.home);
  Atomics.store(joinThreads().words, wordsOf(handle.cell) + TAG, claimed);
  await ending.join();
  context.poll();
  expect(runs).toBe(0);
  await living.join();
  context.poll();
  expect(runs).toBe(1);
});
