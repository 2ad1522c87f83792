import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a timer runs at its deadline, once, and is disarmed before its callback', () => {
  const context = new AioContext();
  const clock = new VirtualClock(100);
  const pendingInside: boolean[] = [];
  const timer = context.createTimer(() => pendingInside.push(timer.pending), clock);
  expect(timer.clock).toBe(clock);
  expect(timer.pending).toBe(false);
  timer.mod(150);
  expect(timer.pending).toBe(true);
  expect(timer.expireTimeNs).toBe(150);
  clock.advance(49);
  expect(context.poll()).toBe(false);
  expect(pendingInside).toEqual([]);
  clock.advance(1);
  expect(pendingInside).toEqual([false]);
  clock.advance(1000);
  expect(pendingInside).toEqual([false]);
});

test('a deadline in the past is due at the next poll, not inside mod', () => {
  const context = new AioContext();
  let runs = 0;
  context.createTimer(() => runs++, new VirtualClock(100)).mod(1);
  expect(runs).toBe(0);
  expect(context.poll()).toBe(true);
  expect(runs).toBe(1);
});
