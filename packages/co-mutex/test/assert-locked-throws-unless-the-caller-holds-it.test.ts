import { CoMutex } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

test('assertLocked is for the holder only, and names it to others', () => {
  const mutex = new CoMutex('requests');
  const [a, b] = [new Actor('a'), new Actor('b')];
  const refused = (who: string) => ({
    code: 'CO_MUTEX_NOT_HOLDER',
    message: `assertLocked "requests": "b" called, ${who} holds it`,
  });
  expect(b.calls(() => mutex.assertLocked()).thrown).toMatchObject(refused('nobody'));
  a.does(() => mutex.lock());
  expect(a.calls(() => mutex.assertLocked()).thrown).toBeUndefined();
  expect(b.calls(() => mutex.assertLocked()).thrown).toMatchObject(refused('"a"'));
  expect(() => mutex.assertLocked()).toThrow(
    expect.objectContaining({
      code: 'CO_MUTEX_OUTSIDE_COROUTINE',
      message: 'assertLocked "requests": called outside a coroutine',
    }),
  );
  expect(mutex.holder).toBe(a.co);
});
