import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  AioContext,
  BottomHalf,
  type BottomHalfHandle,
  getCurrentAioContext,
  RemoteBottomHalf,
} from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

test('another thread schedules a bottom half of this one: it runs here, in its context', async () => {
  const thread = await startIOThread();
  const context = new AioContext({ name: 'disk' });
  const ran = new Promise((resolve) => {
    const bottomHalf = context.createBottomHalf(() => resolve(getCurrentAioContext()?.name));
    void thread.run(handles, 'schedules', bottomHalf.handle);
  });
  expect(await ran).toBe('disk');
});

test('this thread schedules one of an IOThread', async () => {
  const thread = await startIOThread('there');
  const runs = sharedWords(3);
  const handle = await thread.run<BottomHalfHandle>(handles, 'makesABottomHalf', 'flush', runs);
  const view = BottomHalf.attach(handle);
  expect(view).toBeInstanceOf(RemoteBottomHalf);
  expect(view.name).toBe('flush');
  // A context has one view in a thread, and so one hold of its lock.
  expect(AioContext.attach(thread.context.handle)).toBe(thread.context);
  view.schedule();
  blockUntil(runs);
  const isThere = 1;
  expect([...runs]).toEqual([1, await thread.run(handles, 'whoAmI'), isThere]);
});

test('a worker of the user gets the handle in its workerData', async () => {
  const ran = new Promise<void>((resolve) => {
    const { handle } = new AioContext().createBottomHalf(resolve);
    new Worker(new URL('./workers/schedules-its-data.mjs', import.meta.url), { workerData: handle });
  });
  await ran;
});

test('so does a worker that a worker made, and the wake is there when they have ended', async () => {
  const thread = await startIOThread();
  let runs = 0;
  const { handle } = new AioContext().createBottomHalf(() => runs++);
  expect(await thread.run(handles, 'schedulesFromANestedWorker', handle)).toBe(0);
  expect(runs).toBe(1);
});

test('a worker that ended right after its wake has woken', async () => {
  const context = new AioContext();
  let runs = 0;
  const { handle } = context.createBottomHalf(() => runs++);
  const worker = new Worker(new URL('./workers/schedules-its-data.mjs', import.meta.url), {
    workerData: handle,
  });
  await once(worker, 'exit');
  context.poll();
  expect(runs).toBe(1);
});

test('in its own thread the handle gives the bottom half itself, and the context too', () => {
  const context = new AioContext();
  const bottomHalf = context.createBottomHalf(() => {});
  expect(BottomHalf.attach(bottomHalf.handle)).toBe(bottomHalf);
  expect(BottomHalf.attach(structuredClone(bottomHalf.handle))).toBe(bottomHalf);
  expect(AioContext.attach(structuredClone(context.handle))).toBe(context);
});
