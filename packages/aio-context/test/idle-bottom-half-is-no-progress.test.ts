import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('an idle bottom half runs with a poll and is no progress', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.scheduleIdle();
  expect(context.poll()).toBe(false);
  expect(runs).toBe(1);
  context.poll();
  expect(runs).toBe(1);
});

test('scheduled while idle, it is progress and runs once', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.scheduleIdle();
  bh.schedule();
  expect(context.poll()).toBe(true);
  expect(runs).toBe(1);
});

test('scheduleIdle does not take back a schedule', () => {
  const context = new AioContext();
  const bh = context.createBottomHalf(() => {});
  bh.schedule();
  bh.scheduleIdle();
  expect(context.poll()).toBe(true);
});
