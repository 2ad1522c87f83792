import { AioContext, VirtualClock } from '@coaio/aio-context';
import { blockUntil, sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { startIOThread } from './support/io-thread.js';

const locks = new URL('./workers/locks.mjs', import.meta.url);

const ways: [string, (context: AioContext, callback: () => void) => void][] = [
  [
    'a bottom half',
    (context, callback) => {
      context.scheduleOneshot(callback);
      context.poll();
    },
  ],
  [
    'a timer',
    (context, callback) => {
      const clock = new VirtualClock();
      context.createTimer(callback, clock).mod(10);
      clock.advance(10);
    },
  ],
  [
    'a coroutine',
    (context, callback) => {
      context.schedule({ nextScheduled: null, resume: callback });
      context.poll();
    },
  ],
  ['the handler of an event', (context, callback) => context.dispatch(callback)],
];

test.each(ways)('%s waits for the release', async (_, run) => {
  const thread = await startIOThread();
  await thread.run(locks, 'ready');
  const context = new AioContext({ name: 'disk' });
  const words = sharedWords(3);
  const holder = thread.run(locks, 'holdsUntilSomebodyWaits', context.handle, words);
  blockUntil(words);
  let wasFree = 0;
  run(context, () => {
    wasFree = Atomics.load(words, 2);
    Atomics.add(words, 1, 1);
  });
  expect(wasFree).toBe(1);
  expect(Atomics.load(words, 1)).toBe(1);
  expect(await holder).toEqual({
    runs: 0,
    again: {
      code: 'AIO_LOCK_NOT_HELD',
      message: 'release: this thread has not acquired the lock of "disk"',
    },
  });
});
