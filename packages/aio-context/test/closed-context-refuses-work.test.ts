import { AioContext, type Resumable, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

function closed(operation: string) {
  return expect.objectContaining({
    code: 'AIO_CONTEXT_CLOSED',
    message: `${operation}: context "disk" is closed`,
  });
}

test('a closed context takes no bottom half, timer or resumable', () => {
  const context = new AioContext({ name: 'disk' });
  const bh = context.createBottomHalf(() => {});
  const timer = context.createTimer(() => {}, new VirtualClock());
  const resumable: Resumable = { nextScheduled: null, resume: () => {} };
  context.close();
  expect(() => bh.schedule()).toThrow(closed('schedule'));
  expect(() => bh.scheduleIdle()).toThrow(closed('schedule'));
  expect(() => context.scheduleOneshot(() => {})).toThrow(closed('schedule'));
  expect(() => context.schedule(resumable)).toThrow(closed('schedule'));
  expect(() => context.createTimer(() => {})).toThrow(closed('createTimer'));
  expect(() => timer.mod(1)).toThrow(closed('mod'));
  expect(timer.pending).toBe(false);
  context.notify();
  expect(context.poll()).toBe(false);
});

test('what it refused is not linked to it: it may be scheduled elsewhere', () => {
  const [gone, live] = [new AioContext(), new AioContext()];
  gone.close();
  const resumed: string[] = [];
  const named = (name: string): Resumable => ({ nextScheduled: null, resume: () => void resumed.push(name) });
  const [first, second] = [named('first'), named('second')];
  expect(() => gone.schedule(first)).toThrow('is closed');
  live.schedule(first);
  expect(() => gone.schedule(second)).toThrow('is closed');
  live.poll();
  expect(resumed).toEqual(['first']);
});
