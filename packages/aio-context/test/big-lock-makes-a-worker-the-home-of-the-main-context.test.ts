import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { bigLock, getMainAioContext, inAioContextHomeThread } from '@coaio/aio-context';
import { blockUntil, sharedWords, stressMs } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';
import { startWorker } from './support/user-worker.js';

const TIMES = 5 * stressMs();

const none = { current: undefined, held: false, home: false };
const main = { current: 'main', held: true, home: true };
const notHeld = {
  code: 'AIO_LOCK_NOT_HELD',
  message: 'unlock: this thread has not acquired the lock of "main"',
};

async function ask(worker: Worker, deed: string, argument?: unknown): Promise<unknown> {
  const answer = once(worker, 'message');
  worker.postMessage({ deed, argument });
  return (await answer)[0];
}

test('a worker has no current context without it, the main one with it', async () => {
  const worker = await startWorker('big-lock.mjs', getMainAioContext().handle);
  expect(await ask(worker, 'locksAndUnlocks')).toEqual({
    before: none,
    under: main,
    again: { code: 'AIO_BIG_LOCK_HELD', message: 'lock: this thread holds the big lock already' },
    after: none,
    unlock: notHeld,
  });
});

test('what it schedules there runs there, later and under the lock', async () => {
  const worker = await startWorker('big-lock.mjs', getMainAioContext().handle);
  expect(await ask(worker, 'schedules')).toEqual({ ranAtOnce: false, later: main, after: none });
});

test("the lock of the worker's main context is the big lock", async () => {
  const worker = await startWorker('big-lock.mjs', getMainAioContext().handle);
  expect(await ask(worker, 'acquiresTheStandIn')).toEqual({ held: true, after: false });
});

test('nothing of the main context runs meanwhile', async () => {
  const context = getMainAioContext();
  const worker = await startWorker('big-lock.mjs', context.handle);
  const words = sharedWords(3);
  const runs = ask(worker, 'holds', words);
  blockUntil(words);
  let wasFree = 0;
  context.scheduleOneshot(() => {
    wasFree = Atomics.load(words, 2);
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
  });
  context.poll();
  expect(wasFree).toBe(1);
  expect(await runs).toBe(0);
});

test('the main thread has it while it dispatches', () => {
  const context = getMainAioContext();
  expect(bigLock.held).toBe(false);
  context.scheduleOneshot(() => {
    expect(bigLock.held).toBe(true);
    expect(refusalOf(() => bigLock.lock())).toMatchObject({ code: 'AIO_BIG_LOCK_HELD' });
  });
  context.poll();
  expect(bigLock.held).toBe(false);
  expect(refusalOf(() => bigLock.unlock())).toEqual(notHeld);
  bigLock.lock();
  expect(bigLock.held).toBe(true);
  bigLock.unlock();
});

test('an IOThread keeps its own context with it', async () => {
  const thread = await startIOThread('own');
  const entries = new URL('./workers/under-the-big-lock.mjs', import.meta.url);
  const [main, other] = [getMainAioContext().handle, (await startIOThread()).context.handle];
  expect(await thread.run(entries, 'currentUnderTheBigLock', main, other)).toEqual({
    current: 'own',
    mainIsHome: true,
    otherIsHome: false,
  });
  expect(inAioContextHomeThread(thread.context)).toBe(false);
  expect(inAioContextHomeThread(getMainAioContext())).toBe(true);
});

test('where the main thread shares no context there is none', async () => {
  const worker = await startWorker('big-lock.mjs', 'alone');
  const message = (operation: string) =>
    `${operation}: the main thread shares no context, it must make a handle or an IOThread first`;
  expect(await ask(worker, 'locksAlone')).toEqual([
    { code: 'AIO_NO_MAIN_CONTEXT', message: message('lock') },
    { code: 'AIO_NO_MAIN_CONTEXT', message: message('unlock') },
    false,
  ]);
});

// Plain increments of one shared word: two workers under the lock, and the main context's bottom halves.
test(
  'a counter under it is exact',
  async () => {
    const context = getMainAioContext();
    const workers = [
      await startWorker('big-lock.mjs', context.handle),
      await startWorker('big-lock.mjs', context.handle),
    ];
    const counter = sharedWords();
    const ended = workers.map((worker) => ask(worker, 'increments', { counter, times: TIMES }));
    await new Promise<void>((resolve) => {
      let left = TIMES;
      const bottomHalf = context.createBottomHalf(() => {
        counter[0] = (counter[0] ?? 0) + 1;
        if (--left > 0) bottomHalf.schedule();
        else resolve();
      });
      bottomHalf.schedule();
    });
    await Promise.all(ended);
    expect(counter[0]).toBe(3 * TIMES);
  },
  30_000 + 10 * stressMs(),
);
