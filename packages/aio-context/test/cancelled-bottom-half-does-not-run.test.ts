import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a cancelled bottom half does not run, and that is no progress', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.schedule();
  bh.cancel();
  expect(context.poll()).toBe(false);
  bh.scheduleIdle();
  bh.cancel();
  context.poll();
  expect(runs).toBe(0);
});

test('an earlier callback of the same poll may cancel it', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  context.scheduleOneshot(() => bh.cancel());
  bh.schedule();
  context.poll();
  expect(runs).toBe(0);
});

test('cancelled and scheduled again, it runs once', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.schedule();
  bh.cancel();
  bh.schedule();
  context.poll();
  context.poll();
  expect(runs).toBe(1);
});
