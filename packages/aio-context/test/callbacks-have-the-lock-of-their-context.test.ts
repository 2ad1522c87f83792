import { AioContext } from '@coaio/aio-context';
import { joinThreads, LOCK, LOCK_CONTENDED, wordsOf } from '@coaio/aio-context/shared';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';
import { refusalOf } from './support/refusal.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);

function lockOf(context: AioContext): number {
  return Atomics.load(joinThreads().words, wordsOf(context.handle.cell) + LOCK);
}

const ways: [string, (context: AioContext, callback: () => void) => void][] = [
  ['a bottom half', (context, callback) => context.scheduleOneshot(callback)],
  ['a coroutine', (context, callback) => context.schedule({ nextScheduled: null, resume: callback })],
  ['the handler of an event', (context, callback) => context.dispatch(callback)],
];

test.each(
  ways.flatMap(([way, run]) => [
    { way, run, known: 'before' },
    { way, run, known: 'in the callback' },
  ]),
)('$way: another thread that wants it waits until the end; its handle was made $known', async (given) => {
  const thread = await startIOThread();
  await thread.run(locks, 'ready');
  const context = new AioContext();
  if (given.known === 'before') void context.handle;
  const words = sharedWords(2);
  let acquired: Promise<unknown> | undefined;
  given.run(context, () => {
    acquired = thread.run(locks, 'acquires', context.handle, words);
    blockUntil(words);
    expect(lockOf(context) & ~LOCK_CONTENDED).toBe(joinThreads().number);
    while ((lockOf(context) & LOCK_CONTENDED) === 0);
    Atomics.store(words, 1, 1);
  });
  context.poll();
  expect(await acquired).toBe(1);
  expect(lockOf(context)).toBe(0);
});

test('it is recursive, and given back as often as it was taken', () => {
  const context = new AioContext({ name: 'disk' });
  const refusal = {
    code: 'AIO_LOCK_NOT_HELD',
    message: 'release: this thread has not acquired the lock of "disk"',
  };
  expect(refusalOf(() => context.release())).toEqual(refusal);
  context.acquire();
  context.acquire();
  const here = joinThreads().number;
  context.release();
  expect(lockOf(context)).toBe(here);
  context.scheduleOneshot(() => expect(lockOf(context)).toBe(here));
  context.poll();
  expect(lockOf(context)).toBe(here);
  context.release();
  expect(lockOf(context)).toBe(0);
  expect(refusalOf(() => context.release())).toEqual(refusal);
});

test('a context that is closed with the lock held can still give it back', () => {
  const context = new AioContext();
  context.acquire();
  const { cell } = context.handle;
  context.close();
  context.release();
  expect(Atomics.load(joinThreads().words, wordsOf(cell) + LOCK)).toBe(0);
});

test('a callback that throws gives it back', async () => {
  const context = new AioContext();
  void context.handle;
  const errors: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => errors.push(error));
  context.dispatch(() => {
    throw new Error('handler');
  });
  await new Promise(setImmediate);
  process.setUncaughtExceptionCaptureCallback(null);
  expect(errors).toHaveLength(1);
  expect(lockOf(context)).toBe(0);
});
