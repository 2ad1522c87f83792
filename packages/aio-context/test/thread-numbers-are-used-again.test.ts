import { AioContext, BottomHalf, type BottomHalfHandle, IOThread } from '@coaio/aio-context';
import {
  FREE,
  HEADER,
  joinThreads,
  MAX_THREADS,
  NEXT_THREAD,
  stateOf,
  TAG,
  wordsOf,
} from '@coaio/aio-context/shared';
import { sharedWords } from '@coaio/real-threads';
import { expect, test } from 'vitest';
import { refusalOf } from './support/refusal.js';

const handles = new URL('./workers/handles.mjs', import.meta.url);

function numbersInUse(): number {
  const { words } = joinThreads();
  let count = 0;
  for (let number = 1; number <= MAX_THREADS; number++) {
    if (stateOf(Atomics.load(words, wordsOf(number) + TAG)) !== FREE) count++;
  }
  return count;
}

/** A thread that has the first free number from `number` on. */
async function startAs(number: number): Promise<IOThread> {
  Atomics.store(joinThreads().words, wordsOf(HEADER) + NEXT_THREAD, number - 1);
  const thread = await IOThread.start();
  expect(thread.context.handle.home).toBe(number);
  return thread;
}

test('a thread that has ended takes no number; its handles stay stale when it is used again', async () => {
  expect(numbersInUse()).toBe(1);
  const runs = sharedWords(3);
  let before: BottomHalfHandle | undefined;
  for (let i = 0; i < 4; i++) {
    const thread = await startAs(77);
    const handle = await thread.run<BottomHalfHandle>(handles, 'makesABottomHalf', 'flush', runs);
    expect(numbersInUse()).toBe(2);
    if (before !== undefined) {
      const old = before;
      expect(handle.homeTag).not.toBe(old.homeTag);
      expect(refusalOf(() => BottomHalf.attach(old).schedule())).toMatchObject({ code: 'AIO_THREAD_GONE' });
    }
    before = handle;
    await thread.join();
    // Its cells are this thread's now.
    const heir = new AioContext().createBottomHalf(() => {});
    expect(heir.handle.cell).toBe(handle.cell);
    heir.delete();
    expect(numbersInUse()).toBe(1);
  }
  expect(runs[0]).toBe(0);
});

test('but not soon: a stale word that names it would be taken for the new one', async () => {
  const numbers = new Set<number>();
  for (let i = 0; i < 3; i++) {
    const thread = await IOThread.start();
    numbers.add(thread.context.handle.home);
    await thread.join();
  }
  expect(numbers.size).toBe(3);
});

test('after the last number comes the first', async () => {
  const [last, next] = [await startAs(MAX_THREADS), await IOThread.start()];
  // 1 is this thread.
  expect(next.context.handle.home).toBe(2);
  await Promise.all([last.join(), next.join()]);
});

test('with none left a thread is refused', async () => {
  const { words } = joinThreads();
  const taken: number[] = [];
  for (let number = 1; number <= MAX_THREADS; number++) {
    const tag = wordsOf(number) + TAG;
    const seen = Atomics.load(words, tag);
    if (stateOf(seen) !== FREE) continue;
    Atomics.store(words, tag, seen | 3);
    taken.push(number);
  }
  await expect(IOThread.start({ name: 'one too many' })).rejects.toMatchObject({
    code: 'IOTHREAD_DIED',
    message: expect.stringContaining('attach: 1022 threads share contexts already'),
  });
  for (const number of taken) Atomics.and(words, wordsOf(number) + TAG, ~3);
});
