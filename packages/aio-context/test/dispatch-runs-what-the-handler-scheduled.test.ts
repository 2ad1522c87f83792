import { AioContext, getCurrentAioContext, VirtualClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { collectUncaught } from './support/collect-uncaught.js';

test('the handler, then its bottom halves and due timers; what those schedule waits for the next poll', () => {
  const context = new AioContext();
  const clock = new VirtualClock();
  const ran: unknown[] = [];
  context.createTimer(() => ran.push('timer'), clock).mod(0);
  context.dispatch(() => {
    ran.push(getCurrentAioContext() === context);
    context.scheduleOneshot(() => {
      ran.push('bottom half');
      context.scheduleOneshot(() => ran.push('later'));
    });
    ran.push('handler ends');
  });
  expect(ran).toEqual([true, 'handler ends', 'bottom half', 'timer']);
  expect(getCurrentAioContext()).not.toBe(context);
  context.poll();
  expect(ran.at(-1)).toBe('later');
});

test('what it leaves scheduled, the event loop runs', async () => {
  const context = new AioContext();
  await new Promise<void>((resolve) => {
    context.dispatch(() => context.scheduleOneshot(() => context.scheduleOneshot(resolve)));
  });
});

test('a handler that throws keeps nobody from running', async () => {
  const context = new AioContext();
  const ran: string[] = [];
  const uncaught = collectUncaught();
  const failure = new Error('handler');
  context.dispatch(() => {
    context.scheduleOneshot(() => ran.push('bottom half'));
    throw failure;
  });
  expect(ran).toEqual(['bottom half']);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
});
