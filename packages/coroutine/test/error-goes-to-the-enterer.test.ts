import { AioContext } from '@coaio/aio-context';
import { aioCoSchedule, aioCoWake, type Co, Coroutine, coAwait, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

const failure = new Error('inside');

function parked(then: () => void): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    then();
  });
  co.enter();
  return co;
}

function fails(): never {
  throw failure;
}

test('what a coroutine throws its enterer gets, once those that it woke have run', () => {
  const ran: string[] = [];
  const woken = parked(() => ran.push('woken'));
  const co = Coroutine.create(function* (): Co<void> {
    aioCoWake(woken);
    throw failure;
  });
  expect(() => co.enter()).toThrow(failure);
  expect(ran).toEqual(['woken']);
});

test('what a woken one throws is uncaught, and stops none of the others', async () => {
  const uncaught = collectUncaught();
  const ran: string[] = [];
  const wakes = [parked(fails), parked(() => ran.push('the other'))];
  Coroutine.create(function* (): Co<void> {
    for (const co of wakes) aioCoWake(co);
  }).enter();
  expect(ran).toEqual(['the other']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});

test('so is what one throws that a promise woke', async () => {
  const uncaught = collectUncaught();
  Coroutine.create(function* (): Co<void> {
    yield* coAwait(Promise.resolve());
    throw failure;
  }).enter();
  await new Promise(setImmediate);
  expect(uncaught).toEqual([failure]);
});

test('so is what a scheduled one throws', async () => {
  const uncaught = collectUncaught();
  const context = new AioContext();
  const ran: string[] = [];
  aioCoSchedule(context, parked(fails));
  aioCoSchedule(
    context,
    parked(() => ran.push('the other')),
  );
  context.poll();
  expect(ran).toEqual(['the other']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});
