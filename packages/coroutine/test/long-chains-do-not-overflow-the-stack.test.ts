import { getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

// As QEMU's test-aio, /aio/coroutine/queue-chaining.
const LENGTH = 25_000;

test('a chain of coroutines, each entering the next, started and then woken', () => {
  const chain: Coroutine[] = [];
  let [started, woken] = [0, 0];
  for (let index = 0; index < LENGTH; index++) {
    chain.push(
      Coroutine.create(function* (): Co<void> {
        started++;
        const next = chain[index + 1];
        if (next !== undefined) aioCoEnter(getMainAioContext(), next);
        yield* coYield();
        woken++;
        if (next !== undefined) aioCoWake(next);
      }),
    );
  }
  aioCoEnter(getMainAioContext(), chain[0]!);
  expect([started, woken]).toEqual([LENGTH, 0]);
  aioCoWake(chain[0]!);
  expect([started, woken]).toEqual([LENGTH, LENGTH]);
});

test('a coroutine that wakes as many at once, in order', () => {
  const ran: number[] = [];
  Coroutine.create(function* (): Co<void> {
    for (let index = 0; index < LENGTH; index++) {
      const co = Coroutine.create(function* (): Co<void> {
        ran.push(index);
      });
      aioCoEnter(getMainAioContext(), co);
    }
  }).enter();
  expect(ran).toEqual([...Array(LENGTH).keys()]);
});

test('a coroutine that yields as often in a row', () => {
  let yields = 0;
  const co = Coroutine.create(function* (): Co<void> {
    for (; yields < LENGTH; yields++) yield* coYield();
  });
  while (co.state !== 'ended') co.enter();
  expect(yields).toBe(LENGTH);
});
