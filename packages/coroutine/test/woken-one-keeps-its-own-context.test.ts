import { AioContext, getIohandlerAioContext, getMainAioContext } from '@coaio/aio-context';
import { aioCoEnter, aioCoWake, type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function parkedIn(context: AioContext, seen: (AioContext | undefined)[]): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    seen.push(coSelf().context);
  });
  co.enter(context);
  return co;
}

test('a wake under context.run of its context does not pull it into the context of the waker', () => {
  const [a, b] = [new AioContext(), new AioContext()];
  const seen: (AioContext | undefined)[] = [];
  const [woken, entered] = [parkedIn(b, seen), parkedIn(b, seen)];
  Coroutine.create(function* (): Co<void> {
    b.run(() => {
      aioCoWake(woken);
      aioCoEnter(b, entered);
    });
  }).enter(a);
  expect(seen).toEqual([]);
  b.poll();
  expect(seen).toEqual([b, b]);
});

test('nor does a wake by a coroutine of the iohandler context, while which the main one is current', () => {
  const main = getMainAioContext();
  const seen: (AioContext | undefined)[] = [];
  const woken = parkedIn(main, seen);
  Coroutine.create(function* (): Co<void> {
    aioCoWake(woken);
  }).enter(getIohandlerAioContext());
  main.poll();
  expect(seen).toEqual([main]);
});
