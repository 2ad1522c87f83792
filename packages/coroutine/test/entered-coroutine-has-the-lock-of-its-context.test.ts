import { getMainAioContext, IOThread } from '@coaio/aio-context';
import { aioCoWake, type Co, Coroutine, coRun, coYield } from '@coaio/coroutine';
import { expect, onTestFinished, test } from 'vitest';

const workers = new URL('./workers/holds-a-lock.mjs', import.meta.url);

/** Yields once, then counts. */
function counter(words: Int32Array): Coroutine {
  const coroutine = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    Atomics.add(words, 1, 1);
  });
  coroutine.enter();
  return coroutine;
}

const ways: [string, (words: Int32Array) => () => void][] = [
  [
    'enter',
    (words) => () =>
      Coroutine.create(function* (): Co<void> {
        Atomics.add(words, 1, 1);
      }).enter(),
  ],
  [
    'coRun',
    (words) => () =>
      void coRun(function* (): Co<void> {
        Atomics.add(words, 1, 1);
      }),
  ],
  [
    'aioCoWake',
    (words) => {
      const coroutine = counter(words);
      return () => aioCoWake(coroutine);
    },
  ],
  [
    'aioCoWake of one that other threads know',
    (words) => {
      const coroutine = counter(words);
      coroutine.handle;
      return () => aioCoWake(coroutine);
    },
  ],
];

test.each(ways)('%s, outside a dispatch, waits while another thread has it', async (_, prepare) => {
  const thread = await IOThread.start();
  onTestFinished(() => thread.join());
  const words = new Int32Array(new SharedArrayBuffer(8));
  const run = prepare(words);
  const holder = thread.run(workers, 'holdUntilSomebodyWaits', getMainAioContext().handle, words);
  while (Atomics.load(words, 0) === 0) await new Promise(setImmediate);
  run();
  expect(Atomics.load(words, 1)).toBe(1);
  expect(await holder).toBe(0);
});
