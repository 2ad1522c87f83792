import { AioContext } from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

test('it is refused while a wake of another thread is on its way', async () => {
  const thread = await startIOThread();
  await thread.run(handles, 'ready');
  const context = new AioContext({ name: 'disk' });
  let runs = 0;
  const flag = sharedWords();
  const { handle } = context.createBottomHalf(() => runs++, 'flush');
  void thread.run(handles, 'schedulesAndTells', flag, handle);
  blockUntil(flag);
  expect(refusalOf(() => context.close())).toEqual({
    code: 'AIO_CONTEXT_BUSY',
    message: 'close: context "disk" still has bottom half "flush"',
  });
  context.poll();
  expect(runs).toBe(1);
  context.close();
  expect(await thread.run(handles, 'triesToSchedule', handle)).toMatchObject({ code: 'AIO_BH_DELETED' });
});

test('a context that is closed before its turn leaves the thread within reach of the others', async () => {
  const thread = await startIOThread();
  const [open, closed] = [new AioContext(), new AioContext()];
  const woken = new Promise<void>((resolve) => {
    const { handle } = open.createBottomHalf(resolve);
    open.scheduleOneshot(() => {
      const bottomHalf = closed.createBottomHalf(() => {});
      bottomHalf.schedule();
      bottomHalf.cancel();
      queueMicrotask(() => {
        closed.close();
        void thread.run(handles, 'schedules', handle);
      });
    });
  });
  await woken;
});
