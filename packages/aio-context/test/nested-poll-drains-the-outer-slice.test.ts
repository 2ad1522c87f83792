import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a poll inside a callback runs what is left of the outer poll, then what came since', () => {
  const context = new AioContext();
  const ran: string[] = [];
  context.scheduleOneshot(() => {
    ran.push('a begins');
    context.scheduleOneshot(() => ran.push('new'));
    ran.push(`progress: ${context.poll()}`);
  });
  context.scheduleOneshot(() => ran.push('b'));
  context.scheduleOneshot(() => ran.push('c'));
  expect(context.poll()).toBe(true);
  expect(ran).toEqual(['a begins', 'b', 'c', 'new', 'progress: true']);
  expect(context.poll()).toBe(false);
});

test('so does a poll three levels deep', () => {
  const context = new AioContext();
  const ran: number[] = [];
  for (let level = 1; level <= 3; level++) {
    context.scheduleOneshot(() => {
      ran.push(level);
      context.poll();
      ran.push(-level);
    });
  }
  context.poll();
  expect(ran).toEqual([1, 2, 3, -3, -2, -1]);
});
