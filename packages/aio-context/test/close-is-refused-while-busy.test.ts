import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

function busy(left: string) {
  return expect.objectContaining({
    code: 'AIO_CONTEXT_BUSY',
    message: `close: context "disk" still has ${left}`,
  });
}

test('pending bottom halves and timers are named, and run all the same', () => {
  const context = new AioContext({ name: 'disk' });
  const clock = new VirtualClock();
  let runs = 0;
  context.scheduleOneshot(() => runs++, 'flush');
  context.createBottomHalf(() => runs++, 'trim').scheduleIdle();
  context.createTimer(() => runs++, clock).mod(10);
  expect(() => context.close()).toThrow(busy('bottom half "flush", bottom half "trim", 1 timers'));
  clock.advance(10);
  expect(runs).toBe(3);
  context.close();
});

test('a resumable counts', () => {
  const context = new AioContext({ name: 'disk' });
  context.schedule({ nextScheduled: null, resume: () => {} });
  expect(() => context.close()).toThrow(busy('coroutines to resume: 1'));
});

test('in a callback, so does what its poll has still to run', () => {
  const context = new AioContext({ name: 'disk' });
  const clock = new VirtualClock();
  const refusals: unknown[] = [];
  const closes = () => {
    try {
      context.close();
    } catch (error) {
      refusals.push(error);
    }
  };
  context.scheduleOneshot(closes);
  context.scheduleOneshot(() => {}, 'last');
  context.createTimer(closes, clock).mod(0);
  context.createTimer(() => {}, clock).mod(0);
  context.poll();
  expect(refusals).toEqual([busy('bottom half "last", 2 timers'), busy('1 timers')]);
  context.close();
});

test('cancelled, deleted and disarmed things do not count', () => {
  const context = new AioContext();
  const [cancelled, deleted] = [context.createBottomHalf(() => {}), context.createBottomHalf(() => {})];
  const timer = context.createTimer(() => {}, new VirtualClock());
  cancelled.schedule();
  cancelled.cancel();
  deleted.schedule();
  deleted.delete();
  timer.mod(1);
  timer.del();
  context.close();
  context.close();
});
