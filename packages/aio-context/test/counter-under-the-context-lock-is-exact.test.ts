import { sharedWords, stressMs } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);
const TIMES = 10 * stressMs();

// Plain increments of one shared word: two threads under the lock, and the context's own callbacks.
test(
  'home and two other threads lose no increment',
  async () => {
    const [home, ...others] = await Promise.all(['home', 'one', 'two'].map((name) => startIOThread(name)));
    const counter = sharedWords();
    await Promise.all([
      home?.run(locks, 'incrementsAtHome', counter, TIMES),
      ...others.map((thread) => thread.run(locks, 'increments', home?.context.handle, counter, TIMES)),
    ]);
    expect(counter[0]).toBe(3 * TIMES);
  },
  30_000 + 10 * stressMs(),
);
