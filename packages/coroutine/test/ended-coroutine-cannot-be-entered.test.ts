import { AioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoSchedule, aioCoWake, type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

function ended(operation: string) {
  return expect.objectContaining({ code: 'COROUTINE_ENDED', message: `${operation}: "done" has ended` });
}

test('every verb refuses a coroutine that has ended', () => {
  const co = Coroutine.create(function* (): Co<void> {}, 'done');
  co.enter();
  expect(() => co.enter()).toThrow(ended('enter'));
  expect(() => co.enterIfInactive()).toThrow(ended('enter'));
  expect(() => aioCoWake(co)).toThrow(ended('aioCoWake'));
  expect(() => aioCoEnter(getMainAioContext(), co)).toThrow(ended('aioCoEnter'));
  expect(() => aioCoSchedule(getMainAioContext(), co)).toThrow(ended('aioCoSchedule'));
  expect(() => aioCoEnter(new AioContext(), co)).toThrow(ended('aioCoEnter'));
  const elsewhere = Coroutine.create(function* (): Co<void> {
    aioCoWake(co);
  }, 'elsewhere');
  expect(() => elsewhere.enter()).toThrow(ended('aioCoWake in "elsewhere"'));
});

test('one that ends though it is scheduled: uncaught when its turn comes, naming who scheduled it', async () => {
  const uncaught = collectUncaught();
  const context = new AioContext();
  const co: Coroutine = Coroutine.create(function* (): Co<void> {
    aioCoSchedule(context, co);
  }, 'done');
  co.enter();
  context.poll();
  await Promise.resolve();
  expect(uncaught).toEqual([ended('aioCoSchedule in "done"')]);
});

test('so does it after it threw', () => {
  const co = Coroutine.create(function* (): Co<void> {
    throw new Error('once');
  }, 'done');
  expect(() => co.enter()).toThrow('once');
  expect(() => co.enter()).toThrow(ended('enter'));
});
