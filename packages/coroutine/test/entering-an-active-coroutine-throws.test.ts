import { getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

function reentered(message: string) {
  return expect.objectContaining({ code: 'COROUTINE_REENTERED', message });
}

/** What each of `calls` throws inside a coroutine named `self`. */
function thrownInside(calls: (self: Coroutine) => (() => void)[]): unknown[] {
  const thrown: unknown[] = [];
  const self: Coroutine = Coroutine.create(function* (): Co<void> {
    for (const call of calls(self)) {
      try {
        call();
      } catch (error) {
        thrown.push(error);
      }
    }
  }, 'self');
  self.enter();
  return thrown;
}

test('by itself, or from a coroutine that it entered', () => {
  const calls = (self: Coroutine) => [
    () => self.enter(),
    () =>
      Coroutine.create(function* (): Co<void> {
        self.enter();
      }).enter(),
  ];
  expect(thrownInside(calls)).toEqual([
    reentered('enter: "self" is active, it has not yielded'),
    reentered('enter: "self" is active, it has not yielded'),
  ]);
});

test('a coroutine cannot wake itself', () => {
  const calls = (self: Coroutine) => [() => aioCoWake(self), () => aioCoEnter(getMainAioContext(), self)];
  expect(thrownInside(calls)).toEqual([
    reentered('aioCoWake: "self" cannot wake itself'),
    reentered('aioCoEnter: "self" cannot wake itself'),
  ]);
});

test('the refusal does not run those that it woke before its time', async () => {
  const uncaught = collectUncaught();
  const ran: string[] = [];
  const woken = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    ran.push('woken');
  });
  woken.enter();
  const self: Coroutine = Coroutine.create(function* (): Co<void> {
    aioCoWake(woken);
    expect(() => self.enter()).toThrow('has not yielded');
    const wakesItsEnterer = Coroutine.create(function* (): Co<void> {
      aioCoWake(self);
    });
    wakesItsEnterer.enter();
    ran.push('ends');
  }, 'self');
  self.enter();
  expect(ran).toEqual(['ends', 'woken']);
  await Promise.resolve();
  expect(uncaught).toEqual([reentered('enter: "self" is active, it has not yielded')]);
});
