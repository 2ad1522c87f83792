import { once } from 'node:events';
import {
  AioContext,
  type AioContextHandle,
  BottomHalf,
  type BottomHalfHandle,
  IOThread,
} from '@coaio/aio-context';
import { wakeableOf } from '@coaio/aio-context/shared';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';
import { startWorker } from './support/user-worker.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

const deleted = {
  code: 'AIO_BH_DELETED',
  message: 'schedule: bottom half "flush" was deleted, or its context closed',
};
const gone = { code: 'AIO_THREAD_GONE', message: 'schedule: the thread of bottom half "flush" has ended' };

test('a bottom half that its thread has deleted', async () => {
  const thread = await startIOThread();
  const runs = sharedWords(3);
  const handle = await thread.run<BottomHalfHandle>(handles, 'makesABottomHalf', 'flush', runs);
  const view = BottomHalf.attach(handle);
  await thread.run(handles, 'deletesIt', 'flush');
  expect(refusalOf(() => view.schedule())).toEqual(deleted);
});

test('in its own thread the handle of a deleted one gives a view, refused as well', () => {
  const bottomHalf = new AioContext().createBottomHalf(() => {}, 'flush');
  const { handle } = bottomHalf;
  bottomHalf.delete();
  const view = BottomHalf.attach(handle);
  expect(view).not.toBe(bottomHalf);
  expect(refusalOf(() => view.schedule())).toEqual(deleted);
  expect(refusalOf(() => bottomHalf.handle)).toMatchObject({ code: 'AIO_BH_DELETED' });
});

test('a cell that is used again runs nothing of its new owner', async () => {
  const thread = await startIOThread();
  const context = new AioContext();
  const old = context.createBottomHalf(() => expect.unreachable(), 'flush');
  const oldHandle = old.handle;
  old.delete();
  expect(wakeableOf(oldHandle.cell)).toBe(undefined);
  let runs = 0;
  const reused = context.createBottomHalf(() => runs++, 'other');
  expect(reused.handle.cell).toBe(oldHandle.cell);
  expect(await thread.run(handles, 'triesToSchedule', oldHandle)).toEqual(deleted);
  expect(context.poll()).toBe(false);
  expect(await thread.run(handles, 'triesToSchedule', reused.handle)).toBe(null);
  context.poll();
  expect(runs).toBe(1);
});

test('a closed context, and what belonged to it', async () => {
  const thread = await startIOThread();
  const closed = await thread.run<{ context: AioContextHandle; bottomHalf: BottomHalfHandle }>(
    handles,
    'makesAContextAndClosesIt',
  );
  const refusal = { code: 'AIO_CONTEXT_CLOSED', message: 'attach: context "short-lived" is closed' };
  expect(refusalOf(() => AioContext.attach(closed.context))).toEqual(refusal);
  expect(await thread.run(handles, 'triesToAttachContext', closed.context)).toEqual(refusal);
  expect(refusalOf(() => BottomHalf.attach(closed.bottomHalf).schedule())).toEqual(deleted);
  const own = new AioContext({ name: 'own' });
  const bottomHalf = own.createBottomHalf(() => {});
  own.close();
  expect(refusalOf(() => bottomHalf.handle)).toEqual({
    code: 'AIO_CONTEXT_CLOSED',
    message: 'handle: context "own" is closed',
  });
});

test('a thread that was joined', async () => {
  const thread = await IOThread.start();
  const handle = await thread.run<BottomHalfHandle>(handles, 'makesABottomHalf', 'flush', sharedWords(3));
  const view = BottomHalf.attach(handle);
  const { context } = thread;
  await thread.join();
  expect(refusalOf(() => view.schedule())).toEqual(gone);
  expect(context.isAlive).toBe(false);
  for (const operation of ['notify', 'acquire'] as const) {
    expect(refusalOf(() => context[operation]())).toEqual({
      code: 'AIO_THREAD_GONE',
      message: `${operation}: the thread of context "iothread" has ended`,
    });
  }
  expect(refusalOf(() => AioContext.attach(context.handle))).toEqual({
    code: 'AIO_THREAD_GONE',
    message: 'attach: the thread of context "iothread" has ended',
  });
});

test.each(['exit', 'terminate'])('a worker of the user that ended by %s', async (how) => {
  const worker = await startWorker('gives-a-bottom-half.mjs');
  const told = once(worker, 'message');
  worker.postMessage('give');
  const [handle] = (await told) as [BottomHalfHandle];
  const view = BottomHalf.attach(handle);
  view.schedule();
  const ended = once(worker, 'exit');
  if (how === 'exit') worker.postMessage('exit');
  else await worker.terminate();
  await ended;
  expect(refusalOf(() => view.schedule())).toEqual(gone);
});
