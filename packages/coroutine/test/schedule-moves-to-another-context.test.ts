import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoSchedule, aioCoWake, type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function wanderer(seen: string[]): Coroutine {
  return Coroutine.create(function* (): Co<void> {
    for (;;) {
      seen.push(`${getCurrentAioContext()?.name}=${coSelf().context?.name}`);
      yield* coYield();
    }
  });
}

test('a sleeping coroutine moves, and is woken where it moved to', () => {
  const [a, b] = [new AioContext({ name: 'a' }), new AioContext({ name: 'b' })];
  const seen: string[] = [];
  const co = wanderer(seen);
  co.enter(a);
  aioCoSchedule(b, co);
  expect(a.poll()).toBe(false);
  expect(seen).toEqual(['a=a']);
  expect(b.poll()).toBe(true);
  expect(seen).toEqual(['a=a', 'b=b']);
  aioCoWake(co);
  expect(a.poll()).toBe(false);
  b.poll();
  expect(seen).toEqual(['a=a', 'b=b', 'b=b']);
});

test('a running one may schedule itself elsewhere if it then yields', () => {
  const there = new AioContext({ name: 'there' });
  const seen: unknown[] = [];
  Coroutine.create(function* (): Co<void> {
    aioCoSchedule(there, coSelf());
    yield* coYield();
    seen.push(getCurrentAioContext());
  }).enter();
  expect(seen).toEqual([]);
  there.poll();
  expect(seen).toEqual([there]);
});

test('coroutines scheduled in one context run first in first out', () => {
  const context = new AioContext();
  const ran: number[] = [];
  for (const index of [0, 1, 2, 3]) {
    aioCoSchedule(
      context,
      Coroutine.create(function* (): Co<void> {
        ran.push(index);
      }),
    );
  }
  context.poll();
  expect(ran).toEqual([0, 1, 2, 3]);
});
