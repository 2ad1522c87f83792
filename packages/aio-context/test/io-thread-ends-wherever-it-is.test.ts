import { AioContext, BottomHalf, type BottomHalfHandle, IOThread } from '@coaio/aio-context';
import { isThreadAlive, joinThreads } from '@coaio/aio-context/shared';
import { set, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { refusalOf } from './support/refusal.js';

const threads = new URL('./workers/threads.mjs', import.meta.url);

test('terminate ends an endless loop; runs, later runs and join are told', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  const refusal = { code: 'IOTHREAD_DIED', message: 'thread "disk" ended with terminate' };
  const run = expect(thread.run(threads, 'loopsForEver')).rejects.toMatchObject(refusal);
  await thread.terminate();
  await run;
  await expect(thread.run(threads, 'ready')).rejects.toMatchObject(refusal);
  await expect(thread.join()).rejects.toMatchObject(refusal);
  expect(refusalOf(() => thread.setPollParams({ pollMaxNs: 1 }))).toMatchObject(refusal);
  expect(thread.context.isAlive).toBe(false);
  await thread.terminate();
});

test('terminate after join changes nothing', async () => {
  const thread = await IOThread.start();
  await thread.join();
  await thread.terminate();
  await thread.join();
});

test('a worker that it made ends with it, and is known to have ended', async () => {
  const thread = await IOThread.start();
  const { handle } = new AioContext().createBottomHalf(() => {});
  const nested = await thread.run<BottomHalfHandle>(threads, 'makesAWorker', handle);
  const view = BottomHalf.attach(nested);
  view.schedule();
  const { words } = joinThreads();
  expect(isThreadAlive(words, nested.home)).toBe(true);
  await thread.terminate();
  expect(refusalOf(() => view.schedule())).toMatchObject({ code: 'AIO_THREAD_GONE' });
  expect(isThreadAlive(words, nested.home)).toBe(false);
});

test('join lets what is scheduled in its context run first; a timer is not waited for', async () => {
  const thread = await IOThread.start();
  const words = sharedWords(2);
  await thread.run(threads, 'leavesWork', words);
  const joined = thread.join();
  set(words, 1);
  await joined;
  expect(words[0]).toBe(2);
});

test('what that throws is told by join', async () => {
  const thread = await IOThread.start({ name: 'disk' });
  const words = sharedWords(2);
  await thread.run(threads, 'leavesAThrowingBottomHalf', words);
  const joined = thread.join();
  set(words, 1);
  await expect(joined).rejects.toMatchObject({
    code: 'IOTHREAD_DIED',
    message: 'thread "disk" ended with an uncaught exception: in the end',
  });
});
