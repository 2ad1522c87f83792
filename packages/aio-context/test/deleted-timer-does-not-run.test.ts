import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';

test('a deleted timer does not run; deleting it again is no error, nor arming it again', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  let runs = 0;
  const timer = context.createTimer(() => runs++, clock);
  timer.mod(10);
  timer.del();
  timer.del();
  expect(timer.pending).toBe(false);
  clock.advance(10);
  expect(runs).toBe(0);
  timer.mod(20);
  clock.advance(10);
  expect(runs).toBe(1);
});

test('an earlier callback of the same run may delete it or move it', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ran: string[] = [];
  const meddler = context.createTimer(() => {
    ran.push(`pending: ${deleted.pending && moved.pending}`);
    deleted.del();
    moved.mod(50);
  }, clock);
  const deleted = context.createTimer(() => ran.push('deleted'), clock);
  const moved = context.createTimer(() => ran.push(`moved to ${clock.nowNs()}`), clock);
  for (const timer of [meddler, deleted, moved]) timer.mod(10);
  clock.advance(100);
  expect(ran).toEqual(['pending: true', 'moved to 50']);
});
