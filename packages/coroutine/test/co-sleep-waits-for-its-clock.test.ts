import { AioContext, getCurrentAioContext, realtimeClock, VirtualClock } from '@coaio/aio-context';
import { type Co, Coroutine, coRun, coSleep } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('it sleeps as long as asked, on the clock that was given', () => {
  const clock = new VirtualClock(1000);
  const wokeAt: number[] = [];
  const sleeper = Coroutine.create(function* (): Co<void> {
    yield* coSleep(50, clock);
    wokeAt.push(clock.nowNs());
    yield* coSleep(25, clock);
    wokeAt.push(clock.nowNs());
  });
  sleeper.enter();
  clock.advance(49);
  expect(wokeAt).toEqual([]);
  clock.advance(100);
  expect(wokeAt).toEqual([1050, 1075]);
  expect(sleeper.state).toBe('ended');
});

test('it wakes in the context where it went to sleep', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const seen: unknown[] = [];
  Coroutine.create(function* (): Co<void> {
    yield* coSleep(10, clock);
    seen.push(getCurrentAioContext());
  }).enter(context);
  clock.advance(10);
  expect(seen).toEqual([context]);
});

test('entered by somebody else meanwhile, it goes on sleeping', () => {
  const clock = new VirtualClock();
  const sleeper = Coroutine.create(() => coSleep(10, clock));
  sleeper.enter();
  sleeper.enter();
  expect(sleeper.state).toBe('yielded');
  clock.advance(10);
  expect(sleeper.state).toBe('ended');
});

test.each([0, -5])('%s nanoseconds: until the next poll', (ns) => {
  const clock = new VirtualClock(100);
  const context = new AioContext();
  const sleeper = Coroutine.create(() => coSleep(ns, clock));
  sleeper.enter(context);
  expect(sleeper.state).toBe('yielded');
  context.poll();
  expect(sleeper.state).toBe('ended');
});

test('without a clock it sleeps in real time', async () => {
  const start = realtimeClock.nowNs();
  await coRun(() => coSleep(2e6));
  expect(realtimeClock.nowNs()).toBeGreaterThanOrEqual(start + 2e6);
});
