import { blockUntil, set, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);

test('a thread that dispatches without pause gives way to one that wants the lock', async () => {
  const thread = await startIOThread();
  const words = sharedWords(2);
  const dispatches = thread.run<number>(locks, 'dispatchesWithoutPause', words);
  blockUntil(words);
  for (let i = 0; i < 20; i++) {
    thread.context.acquire();
    // It is in no callback now, and gets into none.
    Atomics.store(words, 0, 0);
    thread.context.release();
  }
  set(words, 1);
  expect(await dispatches).toBeGreaterThan(0);
});
