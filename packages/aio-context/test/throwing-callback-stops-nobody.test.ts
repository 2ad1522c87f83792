import { AioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';
import { runChild } from './support/run-child.js';

test('a bottom half that throws: the others run, its error is uncaught after the poll', async () => {
  const uncaught = collectUncaught();
  const context = new AioContext();
  const failure = new Error('bottom half');
  let ran = false;
  context.scheduleOneshot(() => {
    throw failure;
  });
  context.scheduleOneshot(() => (ran = true));
  expect(context.poll()).toBe(true);
  expect(ran).toBe(true);
  expect(uncaught).toEqual([]);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});

test('a timer that throws: those due with it run, bottom halves too', async () => {
  const uncaught = collectUncaught();
  const context = new AioContext();
  const clock = new VirtualClock();
  const failure = new Error('timer');
  let ran = 0;
  const throws = context.createTimer(() => {
    throw failure;
  }, clock);
  throws.mod(1);
  context.createTimer(() => ran++, clock).mod(1);
  clock.advance(1);
  expect(ran).toBe(1);
  expect(throws.pending).toBe(false);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});

test('with nobody to catch it, the error ends the process', () => {
  const { status, stdout, stderr } = runChild('throws-in-a-bottom-half.mjs');
  expect(status).toBe(1);
  expect(stdout).toBe('the other one ran\n');
  expect(stderr).toContain('Error: nobody catches this');
});
