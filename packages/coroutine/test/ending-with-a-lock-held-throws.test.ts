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

test('one that throws while it holds a lock says so, with what it threw as the cause', async () => {
  const own = new Error('its own');
  function* throws(): Co<void> {
    coSelf().locksHeld++;
    throw own;
  }
  const threw = expect.objectContaining({
    code: 'COROUTINE_LOCK_HELD',
    message: 'end: "throws" threw and still holds 1 locks',
    cause: own,
  });
  expect(() => Coroutine.create(throws).enter()).toThrow(threw);
  await expect(coRun(throws)).rejects.toEqual(threw);
});

test('one that gave its locks back ends with its own error', () => {
  const own = new Error('its own');
  const co = Coroutine.create(function* (): Co<void> {
    coSelf().locksHeld++;
    try {
      throw own;
    } finally {
      coSelf().locksHeld--;
    }
  });
  expect(() => co.enter()).toThrow(own);
});
