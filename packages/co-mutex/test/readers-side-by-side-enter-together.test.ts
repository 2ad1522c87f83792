import { AioContext } from '@coaio/aio-context';
import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { Actor, actors, done } from './support/actor.js';

test('an unlock lets in all readers up to the next writer', () => {
  const lock = new CoRwlock();
  const [w, ...others] = actors('wabcxd') as [Actor, Actor, Actor, Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  for (const other of others) other.does(() => (other.co.name === 'x' ? lock.wrlock() : lock.rdlock()));
  w.calls(() => lock.unlock());
  expect(done(others)).toBe('abc');
  for (const reader of others.slice(0, 3)) reader.calls(() => lock.unlock());
  expect(done(others)).toBe('abcx');
});

test('the unlock grants the head of the line; each reader, as it runs, grants the one behind it', () => {
  const [first, second] = [new AioContext(), new AioContext()];
  const lock = new CoRwlock();
  const w = new Actor('w').does(() => lock.wrlock());
  const a = new Actor('a', first).does(() => lock.rdlock());
  const b = new Actor('b', second).does(() => lock.rdlock());
  w.calls(() => lock.unlock());
  expect(lock.holders()).toEqual([a.co]);
  second.poll();
  expect(b.waits).toBe(true);
  first.poll();
  expect(a.waits).toBe(false);
  expect(lock.holders()).toEqual([a.co, b.co]);
  second.poll();
  expect(b.waits).toBe(false);
});

test('nobody gets in between the grant and its turn', () => {
  const elsewhere = new AioContext();
  const lock = new CoRwlock();
  const w = new Actor('w').does(() => lock.wrlock());
  const a = new Actor('a', elsewhere).does(() => lock.rdlock());
  w.calls(() => lock.unlock()).does(() => lock.wrlock());
  const b = new Actor('b').does(() => lock.rdlock());
  expect([w.waits, b.waits]).toEqual([true, true]);
  elsewhere.poll();
  expect([a.waits, w.waits, b.waits]).toEqual([false, true, true]);
});

test('whoever else enters a waiter only makes it look', () => {
  const lock = new CoRwlock();
  const [w, a, b] = actors('wab') as [Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  a.does(() => lock.rdlock());
  b.does(() => lock.wrlock());
  for (const { co } of [a, b]) co.enter();
  expect([a.waits, b.waits, lock.holders()]).toEqual([true, true, [w.co]]);
});
