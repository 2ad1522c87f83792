import { coAwait, coSelf, coSleep, coYield, inCoroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function outside(operation: string) {
  return expect.objectContaining({
    name: 'CoroutineError',
    code: 'COROUTINE_OUTSIDE',
    message: `${operation}: called outside a coroutine`,
  });
}

test('coYield and coSelf throw outside a coroutine, and what is built on them', () => {
  expect(inCoroutine()).toBe(false);
  expect(() => coYield()).toThrow(outside('coYield'));
  expect(() => coSelf()).toThrow(outside('coSelf'));
  expect(() => coSleep(1).next()).toThrow(outside('coSelf'));
  expect(() => coAwait(Promise.resolve()).next()).toThrow(outside('coSelf'));
});
