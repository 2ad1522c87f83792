import { AioContext, realtimeClock } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { waitsOf } from './support/waits-of.js';

test('once: the one after it blocks', () => {
  const context = new AioContext();
  const timer = context.createTimer(() => {});
  context.notify();
  timer.mod(realtimeClock.nowNs() + 60e9);
  expect(waitsOf(() => context.poll(true))).toEqual([]);
  timer.mod(realtimeClock.nowNs() + 20e6);
  expect(waitsOf(() => context.poll(true))).toHaveLength(1);
});

test('what a poll has run since then counts as met', () => {
  const context = new AioContext();
  const timer = context.createTimer(() => {});
  context.notify();
  context.poll();
  timer.mod(realtimeClock.nowNs() + 20e6);
  expect(waitsOf(() => context.poll(true))).toHaveLength(1);
});
