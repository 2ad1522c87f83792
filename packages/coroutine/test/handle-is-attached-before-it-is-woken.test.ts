import { aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a bare handle is refused, and says how', () => {
  const coroutine = Coroutine.create(function* (): Co<void> {
    yield* coYield();
  }, 'sleeper');
  coroutine.enter();
  expect(() => aioCoWake(coroutine.handle as unknown as Coroutine)).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_NOT_ATTACHED',
      message: 'aioCoWake: got the handle of a coroutine, wake what Coroutine.attach makes of it',
    }),
  );
});
