import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a oneshot runs at the next poll and never again', () => {
  const context = new AioContext();
  let runs = 0;
  context.scheduleOneshot(() => runs++);
  expect(runs).toBe(0);
  expect(context.poll()).toBe(true);
  expect(context.poll()).toBe(false);
  expect(runs).toBe(1);
});

test('each call is a run of its own, of one callback too', () => {
  const context = new AioContext();
  let runs = 0;
  const callback = () => runs++;
  context.scheduleOneshot(callback);
  context.scheduleOneshot(callback);
  context.poll();
  expect(runs).toBe(2);
});
