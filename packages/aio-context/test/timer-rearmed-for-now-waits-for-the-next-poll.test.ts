import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a timer that arms itself, or another, for now in its callback runs at the next poll', () => {
  const context = new AioContext();
  const clock = new VirtualClock(5);
  const ran: string[] = [];
  const other = context.createTimer(() => ran.push('other'), clock);
  const again = context.createTimer(() => {
    ran.push('again');
    if (ran.length > 1) return;
    again.mod(clock.nowNs());
    other.mod(clock.nowNs());
  }, clock);
  again.mod(5);
  expect(context.poll()).toBe(true);
  expect(ran).toEqual(['again']);
  expect(context.poll()).toBe(true);
  expect(ran).toEqual(['again', 'again', 'other']);
  expect(context.poll()).toBe(false);
});
