import { AioContext, VirtualClock } from '@coaio/aio-context';
import { type Co, Coroutine, CoSleep } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('wake ends the sleep, and its timer with it', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const sleep = new CoSleep();
  const sleeper = Coroutine.create(() => sleep.sleep(100, clock));
  sleeper.enter(context);
  expect(sleep.sleeper).toBe(sleeper);
  clock.advance(40);
  expect(() => context.close()).toThrow('1 timers');
  context.run(() => sleep.wake());
  expect([sleeper.state, sleep.sleeper]).toEqual(['ended', null]);
  context.close();
});

test('without a time it sleeps until it is woken', () => {
  const sleep = new CoSleep();
  const sleeper = Coroutine.create(() => sleep.sleep());
  sleeper.enter();
  sleeper.enter();
  expect(sleeper.state).toBe('yielded');
  sleep.wake();
  expect(sleeper.state).toBe('ended');
});

test('when nobody sleeps, wake does nothing, and is not remembered', () => {
  const sleep = new CoSleep();
  sleep.wake();
  const sleeper = Coroutine.create(() => sleep.sleep());
  sleeper.enter();
  expect(sleeper.state).toBe('yielded');
});

test('woken twice before its turn: once', () => {
  const sleep = new CoSleep();
  const woke: string[] = [];
  const sleeper = Coroutine.create(function* (): Co<void> {
    yield* sleep.sleep();
    woke.push('first');
    yield* sleep.sleep();
    woke.push('second');
  });
  sleeper.enter();
  Coroutine.create(function* (): Co<void> {
    sleep.wake();
    sleep.wake();
  }).enter();
  expect(woke).toEqual(['first']);
});

test('once it is woken, another may sleep there before its turn', () => {
  const sleep = new CoSleep();
  const [first, second] = [Coroutine.create(() => sleep.sleep()), Coroutine.create(() => sleep.sleep())];
  first.enter();
  Coroutine.create(function* (): Co<void> {
    sleep.wake();
    second.enter();
  }).enter();
  expect([first.state, second.state, sleep.sleeper]).toEqual(['ended', 'yielded', second]);
});

test('it may be used again after its time is up', () => {
  const clock = new VirtualClock();
  const sleep = new CoSleep();
  const wokeAt: number[] = [];
  Coroutine.create(function* (): Co<void> {
    for (const ns of [10, 20]) {
      yield* sleep.sleep(ns, clock);
      wokeAt.push(clock.nowNs());
    }
  }).enter();
  clock.advance(100);
  expect(wokeAt).toEqual([10, 30]);
});
