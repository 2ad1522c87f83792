import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoSchedule, aioCoWake, type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function ended(operation: string) {
  return expect.objectContaining({ code: 'COROUTINE_ENDED', message: `${operation}: "done" has ended` });
}

test('every verb refuses a coroutine that has ended', () => {
  const co = Coroutine.create(function* (): Co<void> {}, 'done');
  co.enter();
  expect(() => co.enter()).toThrow(ended('enter'));
  expect(() => co.enterIfInactive()).toThrow(ended('enter'));
  expect(() => aioCoWake(co)).toThrow(ended('enter'));
  expect(() => aioCoSchedule(getMainAioContext(), co)).toThrow(ended('aioCoSchedule'));
  expect(() => aioCoEnter(new AioContext(), co)).toThrow(ended('aioCoEnter'));
  const elsewhere = Coroutine.create(function* (): Co<void> {
    aioCoWake(co);
  });
  expect(() => elsewhere.enter()).toThrow(ended('aioCoWake'));
});

test('so does it after it threw', () => {
  const co = Coroutine.create(function* (): Co<void> {
    throw new Error('once');
  }, 'done');
  expect(() => co.enter()).toThrow('once');
  expect(() => co.enter()).toThrow(ended('enter'));
});
