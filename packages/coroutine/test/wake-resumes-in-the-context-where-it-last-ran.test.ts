import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { aioCoWake, type Co, Coroutine, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';

function parkedIn(context: AioContext, ran: string[]): Coroutine {
  const co = Coroutine.create(function* (): Co<void> {
    yield* coYield();
    ran.push(`in ${getCurrentAioContext()?.name}`);
  });
  co.enter(context);
  return co;
}

test('that context is current and no coroutine runs: entered now', () => {
  const context = new AioContext({ name: 'home' });
  const ran: string[] = [];
  const co = parkedIn(context, ran);
  context.run(() => {
    aioCoWake(co);
    ran.push('wake returned');
  });
  expect(ran).toEqual(['in home', 'wake returned']);
});

test('that context is current and a coroutine runs: queued behind it', () => {
  const context = new AioContext({ name: 'home' });
  const ran: string[] = [];
  const co = parkedIn(context, ran);
  Coroutine.create(function* (): Co<void> {
    aioCoWake(co);
    ran.push('wake returned');
  }).enter(context);
  expect(ran).toEqual(['wake returned', 'in home']);
});

test('another context is current: scheduled in its own', () => {
  const context = new AioContext({ name: 'home' });
  const ran: string[] = [];
  const fromOutside = parkedIn(context, ran);
  const fromCoroutine = parkedIn(context, ran);
  aioCoWake(fromOutside);
  Coroutine.create(function* (): Co<void> {
    aioCoWake(fromCoroutine);
  }).enter();
  expect(ran).toEqual([]);
  expect(context.poll()).toBe(true);
  expect(ran).toEqual(['in home', 'in home']);
});

test('one that never ran has no context to be woken in', () => {
  const co = Coroutine.create(function* fresh(): Co<void> {});
  expect(() => aioCoWake(co)).toThrow(
    expect.objectContaining({
      code: 'COROUTINE_NO_CONTEXT',
      message: 'aioCoWake: "fresh" never ran, there is no context to wake it in',
    }),
  );
});
