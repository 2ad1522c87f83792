import { VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test.each([-1, Number.NaN])('advance(%d) is refused', (ns) => {
  const clock = new VirtualClock(5);
  expect(() => clock.advance(ns)).toThrow(
    expect.objectContaining({
      code: 'AIO_CLOCK_BACKWARDS',
      message: `advance: ${ns} ns is not a time from 0 on`,
    }),
  );
  expect(clock.nowNs()).toBe(5);
});
