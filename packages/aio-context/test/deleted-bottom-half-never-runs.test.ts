import { AioContext, type BottomHalf } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('deleted while scheduled, it does not run', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.schedule();
  bh.delete();
  expect(context.poll()).toBe(false);
  expect(runs).toBe(0);
});

test('deleted by an earlier callback of the same poll, it does not run', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  context.scheduleOneshot(() => bh.delete());
  bh.schedule();
  context.poll();
  expect(runs).toBe(0);
});

test('deleted inside its own callback, what it scheduled for itself is gone', () => {
  const context = new AioContext();
  let runs = 0;
  const bh: BottomHalf = context.createBottomHalf(() => {
    runs++;
    bh.schedule();
    bh.delete();
  });
  bh.schedule();
  context.poll();
  context.poll();
  expect(runs).toBe(1);
});
