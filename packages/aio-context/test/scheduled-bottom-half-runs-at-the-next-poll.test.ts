import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a scheduled bottom half runs at the next poll, and only then', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  bh.schedule();
  expect(runs).toBe(0);
  expect(context.poll()).toBe(true);
  expect(runs).toBe(1);
  expect(context.poll()).toBe(false);
  expect(runs).toBe(1);
});

test('it belongs to the context that made it and keeps its name', () => {
  const context = new AioContext({ name: 'disk' });
  const bh = context.createBottomHalf(function completion() {});
  expect(bh.context).toBe(context);
  expect(bh.name).toBe('completion');
  expect(context.createBottomHalf(() => {}, 'given').name).toBe('given');
});
