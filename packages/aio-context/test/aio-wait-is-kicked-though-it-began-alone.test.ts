import { AioContext, aioWaitWhile } from '@coaio/aio-context';
import { thisThread } from '@coaio/aio-context/shared';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startWorker } from './support/user-worker.js';

test('a thread that shares its first handle while it waits is in reach of aioWaitKick', async () => {
  const worker = await startWorker('kicks.mjs');
  expect(thisThread()).toBe(null);
  const context = new AioContext();
  const done = sharedWords();
  context.scheduleOneshot(() => worker.postMessage({ handle: context.handle, done }));
  aioWaitWhile(context, () => Atomics.load(done, 0) === 0);
  expect(Atomics.load(done, 0)).toBe(1);
});
