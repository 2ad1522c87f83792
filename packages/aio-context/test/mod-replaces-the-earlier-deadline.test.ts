import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('mod moves an armed timer, later and earlier, and it runs once', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ranAt: number[] = [];
  const timer = context.createTimer(() => ranAt.push(clock.nowNs()), clock);
  timer.mod(10);
  timer.mod(30);
  timer.mod(20);
  expect(timer.expireTimeNs).toBe(20);
  clock.advance(100);
  expect(ranAt).toEqual([20]);
});

test('modAnticipate only moves it earlier', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ranAt: number[] = [];
  const timer = context.createTimer(() => ranAt.push(clock.nowNs()), clock);
  timer.modAnticipate(20);
  timer.modAnticipate(30);
  expect(timer.expireTimeNs).toBe(20);
  timer.modAnticipate(10);
  expect(timer.expireTimeNs).toBe(10);
  clock.advance(100);
  expect(ranAt).toEqual([10]);
  // Disarmed by now: any deadline is earlier than none.
  timer.modAnticipate(500);
  clock.advance(400);
  expect(ranAt).toEqual([10, 500]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a deadline of %d is refused', (deadline) => {
  const timer = new AioContext().createTimer(() => {}, new VirtualClock());
  expect(() => timer.mod(deadline)).toThrow(
    expect.objectContaining({
      code: 'AIO_TIMER_DEADLINE',
      message: `mod: deadline ${deadline} is not a number of nanoseconds`,
    }),
  );
  expect(timer.pending).toBe(false);
});
