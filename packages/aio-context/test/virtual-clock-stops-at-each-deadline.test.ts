import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('advance stops at each deadline on the way, those armed meanwhile included', () => {
  const context = new AioContext();
  const clock = new VirtualClock(1000);
  const ranAt: number[] = [];
  const tick = context.createTimer(() => {
    ranAt.push(clock.nowNs());
    tick.mod(clock.nowNs() + 30);
  }, clock);
  tick.mod(1010);
  clock.advance(75);
  expect(ranAt).toEqual([1010, 1040, 1070]);
  expect(clock.nowNs()).toBe(1075);
  expect(tick.expireTimeNs).toBe(1100);
});

test('the deadlines of several contexts pass in order', () => {
  const clock = new VirtualClock();
  const ranAt: number[] = [];
  for (const deadline of [30, 10, 20]) {
    new AioContext().createTimer(() => ranAt.push(clock.nowNs()), clock).mod(deadline);
  }
  clock.advance(30);
  expect(ranAt).toEqual([10, 20, 30]);
});

test('time stands still otherwise', async () => {
  const clock = new VirtualClock();
  await new Promise(setImmediate);
  expect(clock.nowNs()).toBe(0);
});
