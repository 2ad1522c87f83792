import { type Co, Coroutine, coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const entries: [string, () => unknown][] = [
  ['async function*', async function* wrong() {}],
  ['async function', async function wrong() {}],
  ['arrow function', () => 5],
];

test.each(entries)('%s', async (_, entry) => {
  const refused = expect.objectContaining({
    code: 'COROUTINE_BAD_ENTRY',
    message: 'enter: the entry of "mine" must be a generator function, function* and not async',
  });
  const wrong = entry as () => Co<void>;
  expect(() => Coroutine.create(wrong, 'mine').enter()).toThrow(refused);
  await expect(coRun(wrong, { name: 'mine' })).rejects.toEqual(refused);
});
