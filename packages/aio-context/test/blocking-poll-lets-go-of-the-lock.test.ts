import { AioContext } from '@coaio/aio-context';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';

const wakers = new URL('./workers/wakes-a-blocked-thread.mjs', import.meta.url);

test('another thread gets the lock while a callback is in a blocking poll, which has it again then', async () => {
  const thread = await startIOThread();
  await thread.run(wakers, 'ready');
  const context = new AioContext();
  const done = sharedWords();
  context.scheduleOneshot(() => {
    context.acquire();
    void thread.run(wakers, 'setsUnderTheLock', context.handle, done);
    while (Atomics.load(done, 0) === 0) context.poll(true);
    context.release();
  });
  context.poll();
  expect(Atomics.load(done, 0)).toBe(1);
  expect(refusalOf(() => context.release())).toMatchObject({ code: 'AIO_LOCK_NOT_HELD' });
});
