import { type Co, coAwait, coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';

type Then = (resolve: (value: string) => void, reject: (reason: unknown) => void) => void;

/** What coAwait makes of a thenable with this `then`. */
function awaited(then: Then): Promise<string> {
  const thenable = { then } as unknown as PromiseLike<string>;
  return coRun(function* (): Co<string> {
    return yield* coAwait(thenable);
  });
}

const failure = new Error('reason');

test.each<[string, Then]>([
  ['resolves later', (resolve) => queueMicrotask(() => resolve('value'))],
  ['resolves inside then', (resolve) => resolve('value')],
  [
    'resolves twice',
    (resolve) => {
      resolve('value');
      resolve('another');
    },
  ],
])('a thenable that %s', async (_how, then) => {
  expect(await awaited(then)).toBe('value');
});

test.each<[string, Then]>([
  ['rejects inside then', (_resolve, reject) => reject(failure)],
  [
    'throws in then',
    () => {
      throw failure;
    },
  ],
])('a thenable that %s', async (_how, then) => {
  await expect(awaited(then)).rejects.toBe(failure);
});
