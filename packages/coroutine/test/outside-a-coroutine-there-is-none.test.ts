import { getMainAioContext } from '@coaio/aio-context';
import {
  aioCoRescheduleSelf,
  CoSleep,
  coAwait,
  coSelf,
  coSleep,
  coTimeout,
  coYield,
  inCoroutine,
  SharedResource,
} from '@coaio/coroutine';
import { expect, test } from 'vitest';

function outside(operation: string) {
  return expect.objectContaining({
    name: 'CoroutineError',
    code: 'COROUTINE_OUTSIDE',
    message: `${operation}: called outside a coroutine`,
  });
}

test('coYield and coSelf throw outside a coroutine', () => {
  expect(inCoroutine()).toBe(false);
  expect(() => coYield()).toThrow(outside('coYield'));
  expect(() => coSelf()).toThrow(outside('coSelf'));
});

test('what waits names itself', () => {
  expect(() => coSleep(1).next()).toThrow(outside('coSleep'));
  expect(() => new CoSleep().sleep().next()).toThrow(outside('CoSleep.sleep'));
  expect(() => coAwait(Promise.resolve()).next()).toThrow(outside('coAwait'));
  expect(() => coTimeout(() => coSleep(1), 1).next()).toThrow(outside('coTimeout'));
  expect(() => aioCoRescheduleSelf(getMainAioContext()).next()).toThrow(outside('aioCoRescheduleSelf'));
  expect(() => new SharedResource(1).get(1).next()).toThrow(outside('SharedResource.get'));
});
