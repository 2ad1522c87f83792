import { aioWaitWhile, getMainAioContext } from '@coaio/aio-context';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startWorker } from './support/user-worker.js';

test('the main thread hears of it, and looks at its condition again', async () => {
  const main = getMainAioContext();
  const done = sharedWords();
  const worker = await startWorker('kicks-without-a-part-in-it.mjs', { done, handle: main.handle });
  worker.postMessage('now');
  aioWaitWhile(main, () => Atomics.load(done, 0) === 0);
  expect(Atomics.load(done, 0)).toBe(1);
});
