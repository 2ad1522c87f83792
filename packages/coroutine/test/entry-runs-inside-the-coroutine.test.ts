import { type Co, Coroutine, coRun, coSelf, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const failure = new Error('before the first step');

/** Not a generator function: it does something before there is a generator. */
function refusesItsArguments(): Co<void> {
  throw failure;
}

test('an entry that throws before it gives a generator ends the coroutine', () => {
  const co = Coroutine.create(refusesItsArguments);
  expect(() => co.enter()).toThrow(failure);
  expect(co.state).toBe('ended');
});

test('coRun reports it, inside a coroutine too', async () => {
  await expect(coRun(refusesItsArguments)).rejects.toBe(failure);
  const inner = await coRun(function* (): Co<{ run: Promise<void> }> {
    return { run: coRun(refusesItsArguments) };
  });
  await expect(inner.run).rejects.toBe(failure);
});

test('the coroutine is running by then', () => {
  const seen: unknown[] = [];
  const co = Coroutine.create((): Co<void> => {
    seen.push(coSelf());
    return coYield();
  });
  co.enter();
  expect(seen).toEqual([co]);
  expect(co.state).toBe('yielded');
});
