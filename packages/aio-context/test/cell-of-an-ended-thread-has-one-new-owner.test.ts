import { AioContext } from '@coaio/aio-context';
import { HEADER, NEXT_THREAD, thisThread, wordsOf } from '@coaio/aio-context/shared';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

test('also when two threads of one number have ended', async () => {
  const context = new AioContext();
  context.handle;
  const words = thisThread()?.words;
  if (words === undefined) throw new Error('not joined');
  for (let thread = 0; thread < 2; thread++) {
    // Else the number would come back after a thousand others.
    Atomics.store(words, wordsOf(HEADER) + NEXT_THREAD, 7);
    await (await startIOThread()).join();
  }
  const cells = Array.from({ length: 8 }, () => context.createBottomHalf(() => {}).handle.cell);
  expect(new Set(cells).size).toBe(8);
});
