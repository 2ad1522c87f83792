import { getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

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
      }, 'inner').enter(),
  ];
  expect(thrownInside(calls)).toEqual([
    reentered('enter in "self": "self" is active, it has not yielded'),
    reentered('enter in "inner": "self" is active, it has not yielded'),
  ]);
});

test('a coroutine cannot wake itself', () => {
  const calls = (self: Coroutine) => [() => aioCoWake(self), () => aioCoEnter(getMainAioContext(), self)];
  expect(thrownInside(calls)).toEqual([
    reentered('aioCoWake: "self" cannot wake itself'),
    reentered('aioCoEnter: "self" cannot wake itself'),
  ]);
});

test('nor can one wake the coroutine that entered it: the waker is told, and both are named', () => {
  const calls = (self: Coroutine) => [
    () =>
      Coroutine.create(function* (): Co<void> {
        aioCoWake(self);
      }, 'waker').enter(),
    () =>
      Coroutine.create(function* (): Co<void> {
        aioCoEnter(getMainAioContext(), self);
      }, 'waker').enter(),
  ];
  expect(thrownInside(calls)).toEqual([
    reentered('aioCoWake in "waker": "self" is active, it has not yielded'),
    reentered('aioCoEnter in "waker": "self" is active, it has not yielded'),
  ]);
});

test('the refused waker leaves its victim as it was: it is woken by somebody else later', () => {
  const ran: string[] = [];
  const self: Coroutine = Coroutine.create(function* (): Co<void> {
    const waker = Coroutine.create(function* (): Co<void> {
      aioCoWake(self);
    });
    expect(() => waker.enter()).toThrow('is active');
    yield* coYield();
    ran.push('woken');
  });
  self.enter();
  aioCoWake(self);
  expect(ran).toEqual(['woken']);
});

test('the refusal does not run those that it woke before its time', () => {
  const ran: string[] = [];
  const woken = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    ran.push('woken');
  });
  woken.enter();
  const self: Coroutine = Coroutine.create(function* (): Co<void> {
    aioCoWake(woken);
    expect(() => self.enter()).toThrow('has not yielded');
    ran.push('ends');
  }, 'self');
  self.enter();
  expect(ran).toEqual(['ends', 'woken']);
});
