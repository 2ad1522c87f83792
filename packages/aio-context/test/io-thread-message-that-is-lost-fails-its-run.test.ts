import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { entries, startIOThread } from './support/io-thread.js';

const threads = new URL('./workers/threads.mjs', import.meta.url);
const unreadable = {
  code: 'IOTHREAD_UNREADABLE',
  message: 'run: a message to or from thread "disk" could not be deserialized',
};

/** The next worker that is made. Node tells of it when it is there. */
function nextWorker(): Promise<Worker> {
  return new Promise((resolve) => process.once('worker', resolve));
}

test('an answer that cannot be read fails the run that it belongs to, and no other', async () => {
  const made = nextWorker();
  const thread = await startIOThread('disk');
  const worker = await made;
  await thread.run(threads, 'ready');
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const other = thread.run(entries, 'endsAfter', flag);
  const lost = thread.run(threads, 'losesItsAnswer');
  // As Node does: the message is gone, and nobody knows what it was.
  worker.emit('messageerror', new Error('unreadable'));
  const later = thread.run(entries, 'echo', 'later');
  await expect(lost).rejects.toMatchObject(unreadable);
  expect(await later).toEqual(['later']);
  Atomics.store(flag, 0, 1);
  expect(await other).toBe('ended');
});

test('a request that cannot be read fails its run', async () => {
  const made = nextWorker();
  const thread = await startIOThread('disk');
  const worker = await made;
  await thread.run(threads, 'ready');
  const { postMessage } = worker;
  worker.postMessage = () => {
    worker.postMessage = postMessage;
  };
  onTestFinished(() => {
    worker.postMessage = postMessage;
  });
  const lost = thread.run(entries, 'echo', 'lost');
  expect(await thread.run(entries, 'echo', 'whole')).toEqual(['whole']);
  const told = thread.run(threads, 'cannotReadARequest');
  await expect(lost).rejects.toMatchObject(unreadable);
  await told;
});
