import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';

test('readers enter at once beside each other; a writer waits for the last of them', () => {
  const lock = new CoRwlock();
  const [a, b, w] = actors('abw') as [Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  b.does(() => lock.rdlock());
  w.does(() => lock.wrlock());
  expect(done([a, b, w])).toBe('ab');
  expect(lock.holders()).toEqual([a.co, b.co]);
  a.calls(() => lock.unlock());
  expect(w.waits).toBe(true);
  b.calls(() => lock.unlock());
  expect(w.waits).toBe(false);
  expect(lock.holders()).toEqual([w.co]);
});

test('while one writes, readers and writers wait, and enter in the order of asking', () => {
  const lock = new CoRwlock();
  const [w, r, v] = actors('wrv') as [Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  r.does(() => lock.rdlock());
  v.does(() => lock.wrlock());
  expect(done([r, v])).toBe('');
  w.calls(() => lock.unlock());
  expect(done([r, v])).toBe('r');
  r.calls(() => lock.unlock());
  expect(done([r, v])).toBe('rv');
  v.calls(() => lock.unlock());
  expect(lock.holders()).toEqual([]);
});

test('tryLock of either side takes what needs no waiting', () => {
  const lock = new CoRwlock();
  const [a, b, c] = actors('abc') as [Actor, Actor, Actor];
  const got: boolean[] = [];
  a.calls(() => got.push(lock.reader.tryLock()));
  b.calls(() => got.push(lock.writer.tryLock(), lock.reader.tryLock()));
  c.does(() => lock.wrlock());
  expect(got).toEqual([true, false, true]);
  expect(c.waits).toBe(true);
  const d = actors('d')[0]!.calls(() => got.push(lock.reader.tryLock()));
  expect(got.at(-1)).toBe(false);
  expect(d.co.locksHeld).toBe(0);
});

test('locksHeld follows, whoever was let in included', () => {
  const lock = new CoRwlock();
  const [w, r] = actors('wr') as [Actor, Actor];
  w.does(() => lock.wrlock());
  r.does(() => lock.rdlock());
  expect([w.co.locksHeld, r.co.locksHeld]).toEqual([1, 0]);
  w.calls(() => lock.downgrade());
  expect([w.co.locksHeld, r.co.locksHeld]).toEqual([1, 1]);
  w.does(() => lock.upgrade());
  expect([w.co.locksHeld, r.co.locksHeld]).toEqual([0, 1]);
  r.calls(() => lock.unlock());
  expect([w.co.locksHeld, r.co.locksHeld]).toEqual([1, 0]);
  w.calls(() => lock.unlock());
  expect([w.co.locksHeld, r.co.locksHeld]).toEqual([0, 0]);
});
