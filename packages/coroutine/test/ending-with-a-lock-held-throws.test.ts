import { type Co, Coroutine, coRun, coSelf } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const lockHeld = expect.objectContaining({
  code: 'COROUTINE_LOCK_HELD',
  message: 'end: "careless" still holds 2 locks',
});

function* careless(): Co<string> {
  coSelf().locksHeld += 2;
  return 'result';
}

test('a coroutine that ends while it holds a lock fails', async () => {
  expect(() => Coroutine.create(careless).enter()).toThrow(lockHeld);
  await expect(coRun(careless)).rejects.toEqual(lockHeld);
});

test('its own error comes first', () => {
  const co = Coroutine.create(function* (): Co<void> {
    coSelf().locksHeld++;
    throw new Error('its own');
  });
  expect(() => co.enter()).toThrow('its own');
});
