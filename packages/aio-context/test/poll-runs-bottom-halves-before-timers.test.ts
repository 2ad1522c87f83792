import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('one poll runs the bottom halves, then the expired timers; what those schedule waits', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ran: string[] = [];
  const timer = context.createTimer(() => {
    ran.push('timer');
    context.scheduleOneshot(() => ran.push('later'));
  }, clock);
  timer.mod(0);
  context.scheduleOneshot(() => ran.push('bottom half'));
  context.poll();
  expect(ran).toEqual(['bottom half', 'timer']);
  context.poll();
  expect(ran).toEqual(['bottom half', 'timer', 'later']);
});
