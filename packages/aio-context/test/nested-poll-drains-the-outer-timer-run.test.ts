import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a poll inside a timer callback runs the timers that the outer run has still to run', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ran: string[] = [];
  const waits = context.createTimer(() => {
    ran.push('first begins');
    ran.push(`progress: ${context.poll()}`);
  }, clock);
  waits.mod(10);
  context.createTimer(() => ran.push('second'), clock).mod(10);
  clock.advance(10);
  expect(ran).toEqual(['first begins', 'second', 'progress: true']);
  expect(context.poll()).toBe(false);
});
