import { aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('those that a coroutine wakes run in order once it yields, or ends', () => {
  const ran: string[] = [];
  const [a, b] = ['a', 'b'].map((name) =>
    Coroutine.create(function* (): Co<void> {
      for (;;) {
        ran.push(name);
        yield* coYield();
      }
    }),
  ) as [Coroutine, Coroutine];
  a.enter();
  b.enter();
  const waker = Coroutine.create(function* (): Co<void> {
    aioCoWake(b);
    aioCoWake(a);
    ran.push('yields');
    yield* coYield();
    aioCoWake(a);
    ran.push('ends');
  });
  ran.length = 0;
  waker.enter();
  expect(ran).toEqual(['yields', 'b', 'a']);
  waker.enter();
  expect(ran).toEqual(['yields', 'b', 'a', 'ends', 'a']);
});

test('they run before the enter of their waker returns, though that is nested', () => {
  const ran: string[] = [];
  const woken = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    ran.push('woken');
  });
  woken.enter();
  const waker = Coroutine.create(function* (): Co<void> {
    aioCoWake(woken);
    yield* coYield();
  });
  Coroutine.create(function* (): Co<void> {
    waker.enter();
    ran.push('after the inner enter');
  }).enter();
  expect(ran).toEqual(['woken', 'after the inner enter']);
});
