import { threadId } from 'node:worker_threads';
import { IOThread } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

test('an entry runs on another thread, with a context named after it current', async () => {
  const thread = await startIOThread('disk');
  const where = await thread.run<{ isMainThread: boolean; threadId: number; context: string }>(
    entries,
    'whereItRuns',
  );
  expect(where.isMainThread).toBe(false);
  expect(where.threadId).not.toBe(threadId);
  expect(where.context).toBe('disk');
});

test('that context is its home: current after an await and in its bottom halves', async () => {
  const thread = await startIOThread('disk');
  expect(await thread.run(entries, 'contextAfterAwait')).toBe('disk');
  expect(await thread.run(entries, 'contextInBottomHalf')).toBe('disk');
  expect(await thread.run(entries, 'contextInsideAnother')).toBe('inner');
});

test('it has a name without being given one', async () => {
  const thread = await IOThread.start();
  expect(thread.name).toBe('iothread');
  await thread.join();
});
