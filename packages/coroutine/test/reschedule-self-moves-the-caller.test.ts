import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import {
  aioCoRescheduleSelf,
  aioCoSchedule,
  type Co,
  Coroutine,
  type CoroutineError,
  coSelf,
  coYield,
} from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

function contexts(): [AioContext, AioContext] {
  return [new AioContext({ name: 'old' }), new AioContext({ name: 'new' })];
}

/** Moves to `to`, and notes where it goes on, or what it was told. */
function mover(to: AioContext, seen: unknown[]): Coroutine {
  return Coroutine.create(function* mover(): Co<void> {
    try {
      yield* aioCoRescheduleSelf(to);
      seen.push(`${getCurrentAioContext()?.name}=${coSelf().context?.name}`);
    } catch (error) {
      seen.push((error as CoroutineError).code, (error as Error).message);
    }
  });
}

test('it goes on in the new context, scheduled there by a bottom half of the old one', () => {
  const [from, to] = contexts();
  const seen: unknown[] = [];
  mover(to, seen).enter(from);
  expect(to.poll()).toBe(false);
  expect(from.poll()).toBe(true);
  expect(seen).toEqual([]);
  expect(to.poll()).toBe(true);
  expect(seen).toEqual(['new=new']);
});

test('where it runs already it does not yield', () => {
  const [, to] = contexts();
  const seen: unknown[] = [];
  mover(to, seen).enter(to);
  expect(seen).toEqual(['new=new']);
  expect(to.poll()).toBe(false);
});

test('entered by somebody else before it left, it goes on moving', () => {
  const [from, to] = contexts();
  const seen: unknown[] = [];
  const co = mover(to, seen);
  co.enter(from);
  co.enter(from);
  expect(seen).toEqual([]);
  from.poll();
  to.poll();
  expect(seen).toEqual(['new=new']);
});

test('moved there by somebody else before it left, it is not scheduled twice', async () => {
  const uncaught = collectUncaught();
  const [from, to] = contexts();
  const seen: string[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    yield* aioCoRescheduleSelf(to);
    seen.push('moved');
    yield* coYield();
    seen.push('entered again');
  });
  co.enter(from);
  aioCoSchedule(to, co);
  to.poll();
  expect(seen).toEqual(['moved']);
  from.poll();
  expect(to.poll()).toBe(false);
  expect(seen).toEqual(['moved']);
  await Promise.resolve();
  expect(uncaught).toEqual([]);
});

test('a context that refuses it: it is told, and stays', () => {
  const [from, to] = contexts();
  to.close();
  const seen: unknown[] = [];
  const co = mover(to, seen);
  co.enter(from);
  from.poll();
  expect(seen).toEqual(['AIO_CONTEXT_CLOSED', 'schedule: context "new" is closed']);
  expect(co.context).toBe(from);
});

test('scheduled elsewhere by somebody else: it is told there, and both are named', () => {
  const [from, to] = contexts();
  const elsewhere = new AioContext({ name: 'elsewhere' });
  const seen: unknown[] = [];
  const co = mover(to, seen);
  co.enter(from);
  aioCoSchedule(elsewhere, co);
  from.poll();
  elsewhere.poll();
  expect(seen).toEqual([
    'COROUTINE_ALREADY_SCHEDULED',
    'aioCoRescheduleSelf: "mover" is scheduled already, by aioCoSchedule',
  ]);
});
