import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('bottom halves of every kind run in the order in which they were scheduled', () => {
  const context = new AioContext();
  const ran: string[] = [];
  const made = ['a', 'b', 'c'].map((name) => context.createBottomHalf(() => ran.push(name)));
  made[2]!.schedule();
  context.scheduleOneshot(() => ran.push('oneshot'));
  made[0]!.scheduleIdle();
  made[1]!.schedule();
  context.poll();
  expect(ran).toEqual(['c', 'oneshot', 'a', 'b']);
});
