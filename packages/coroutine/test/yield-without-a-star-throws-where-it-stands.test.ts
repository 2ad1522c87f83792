import { type Co, coRun, coSleep, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a forgotten star is an error, not a sleep for ever', async () => {
  let cleanedUp = false;
  const forgetful = coRun(function* forgetful(): Co<void> {
    try {
      yield coSleep(1) as never;
    } finally {
      cleanedUp = true;
    }
  });
  await expect(forgetful).rejects.toMatchObject({
    code: 'COROUTINE_BAD_YIELD',
    message: 'yield: "forgetful" yielded a value, call coroutine functions with yield*',
  });
  expect(cleanedUp).toBe(true);
});

test('one that catches it goes on', async () => {
  const caught = coRun(function* (): Co<unknown> {
    try {
      yield 5 as never;
    } catch (error) {
      return error;
    }
    return yield* coYield();
  });
  expect(await caught).toMatchObject({ code: 'COROUTINE_BAD_YIELD' });
});
