import { CoQueue } from '@coaio/co-queue';
import { type Co, Coroutine, type Lockable } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const unlocked: string[] = [];
const wrong: [string, unknown][] = [
  ['options in its place', { signal: new AbortController().signal }],
  ['a lock of two sides', { unlock: () => unlocked.push('let go') }],
  ['null', null],
];

test.each(wrong)('%s: before anything is let go, and nobody waits', (_, given) => {
  const queue = new CoQueue();
  const coroutine = Coroutine.create(function* (): Co<void> {
    yield* queue.wait(given as Lockable);
  });
  expect(() => coroutine.enter()).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_NO_LOCKABLE',
      message: 'wait: the lock that was given has no lock() and unlock()',
    }),
  );
  expect(unlocked).toEqual([]);
  expect(queue.isEmpty).toBe(true);
});
