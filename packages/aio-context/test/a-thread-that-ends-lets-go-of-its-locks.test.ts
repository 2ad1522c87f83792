import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AioContext } from '@coaio/aio-context';
import { joinThreads, LOCK, LOCK_WANTED, wordsOf } from '@coaio/aio-context/shared';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { waitsOf } from './support/waits-of.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);

async function startHolder(handle: object): Promise<Worker> {
  const worker = new Worker(new URL('./workers/takes-a-lock-and-stays.mjs', import.meta.url), {
    workerData: handle,
  });
  await once(worker, 'message');
  return worker;
}

async function end(worker: Worker, how: string): Promise<void> {
  const ended = once(worker, 'exit');
  if (how === 'process.exit') worker.postMessage('end');
  else await worker.terminate();
  await ended;
}

test.each(['process.exit', 'terminate'])('the next one gets the lock after %s', async (how) => {
  const context = new AioContext();
  const holder = await startHolder(context.handle);
  await end(holder, how);
  const lock = wordsOf(context.handle.cell) + LOCK;
  expect(Atomics.load(joinThreads().words, lock)).toBe(0);
  let runs = 0;
  context.scheduleOneshot(() => runs++);
  context.poll();
  expect(runs).toBe(1);
});

test.each(['process.exit', 'terminate'])('so does one that waits for it already: %s', async (how) => {
  const [waiter, context] = [await startIOThread(), new AioContext()];
  await waiter.run(locks, 'ready');
  const holder = await startHolder(context.handle);
  const words = sharedWords(2);
  const acquired = waiter.run(locks, 'acquires', context.handle, words);
  const wanted = wordsOf(context.handle.cell) + LOCK_WANTED;
  while (Atomics.load(joinThreads().words, wanted) === 0);
  Atomics.store(words, 1, 1);
  await end(holder, how);
  expect(await acquired).toBe(1);
});

test('home stands back for one that ended while it waited, but once', async () => {
  const context = new AioContext();
  context.acquire();
  const waiter = await startHolder({ ...context.handle, waits: true });
  const wanted = wordsOf(context.handle.cell) + LOCK_WANTED;
  while (Atomics.load(joinThreads().words, wanted) === 0);
  await end(waiter, 'terminate');
  context.release();
  const dispatches = Array.from({ length: 4 }, () => waitsOf(() => context.poll()).length);
  expect(dispatches).toEqual([1, 0, 0, 0]);
});
