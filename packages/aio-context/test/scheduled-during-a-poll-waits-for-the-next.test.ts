import { AioContext, type BottomHalf } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('what a callback schedules, itself included, waits for the next poll', () => {
  const context = new AioContext();
  const ran: string[] = [];
  const other = context.createBottomHalf(() => ran.push('other'));
  const self: BottomHalf = context.createBottomHalf(() => {
    ran.push('self');
    if (ran.length > 1) return;
    self.schedule();
    other.schedule();
    context.scheduleOneshot(() => ran.push('oneshot'));
  });
  self.schedule();
  context.poll();
  expect(ran).toEqual(['self']);
  context.poll();
  expect(ran).toEqual(['self', 'self', 'other', 'oneshot']);
});

test('an idle one scheduled in its own callback waits too', () => {
  const context = new AioContext();
  let runs = 0;
  const bh: BottomHalf = context.createBottomHalf(() => {
    if (++runs === 1) bh.scheduleIdle();
  });
  bh.schedule();
  context.poll();
  expect(runs).toBe(1);
  context.poll();
  expect(runs).toBe(2);
});
