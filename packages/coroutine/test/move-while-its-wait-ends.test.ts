import { AioContext, getCurrentAioContext, VirtualClock } from '@coaio/aio-context';
import { aioCoSchedule, type Co, Coroutine, coAwait, coSleep } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

test('the timer of a sleep expires after it was scheduled elsewhere: it ends the sleep there', async () => {
  const uncaught = collectUncaught();
  const there = new AioContext();
  const clock = new VirtualClock();
  const seen: unknown[] = [];
  const sleeper = Coroutine.create(function* (): Co<void> {
    yield* coSleep(10, clock);
    seen.push(getCurrentAioContext());
  });
  sleeper.enter();
  aioCoSchedule(there, sleeper);
  clock.advance(10);
  there.poll();
  await Promise.resolve();
  expect(seen).toEqual([there]);
  expect(uncaught).toEqual([]);
});

test('so with a promise that settles', async () => {
  const uncaught = collectUncaught();
  const there = new AioContext();
  const seen: unknown[] = [];
  const promise = Promise.resolve('value');
  const waiter = Coroutine.create(function* (): Co<void> {
    seen.push(yield* coAwait(promise), getCurrentAioContext());
  });
  waiter.enter();
  aioCoSchedule(there, waiter);
  await promise;
  await new Promise(setImmediate);
  expect(seen).toEqual(['value', there]);
  expect(uncaught).toEqual([]);
});

test('moved before it ends, the wait goes on and ends in the new context', async () => {
  const there = new AioContext();
  const clock = new VirtualClock();
  const seen: unknown[] = [];
  const sleeper = Coroutine.create(function* (): Co<void> {
    yield* coSleep(10, clock);
    seen.push(getCurrentAioContext());
  });
  sleeper.enter();
  aioCoSchedule(there, sleeper);
  there.poll();
  expect(sleeper.state).toBe('yielded');
  clock.advance(10);
  expect(seen).toEqual([]);
  there.poll();
  expect(seen).toEqual([there]);
});
