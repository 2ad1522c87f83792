import { AioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a bottom half scheduled twice before it ran runs once', () => {
  const context = new AioContext();
  const ran: string[] = [];
  const twice = context.createBottomHalf(() => ran.push('twice'));
  twice.schedule();
  context.scheduleOneshot(() => ran.push('between'));
  twice.schedule();
  context.poll();
  context.poll();
  expect(ran).toEqual(['twice', 'between']);
});

test('it may be scheduled again once it has run', () => {
  const context = new AioContext();
  let runs = 0;
  const bh = context.createBottomHalf(() => runs++);
  for (let i = 0; i < 3; i++) {
    bh.schedule();
    context.poll();
  }
  expect(runs).toBe(3);
});
