import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';

test('the only reader with nobody in line writes at once', () => {
  const lock = new CoRwlock();
  const [a, b] = actors('ab') as [Actor, Actor];
  a.does(() => lock.rdlock()).does(() => lock.upgrade());
  expect(a.waits).toBe(false);
  b.does(() => lock.rdlock());
  expect(b.waits).toBe(true);
});

test('with other readers it lets go and waits for them', () => {
  const lock = new CoRwlock();
  const [a, b] = actors('ab') as [Actor, Actor];
  for (const actor of [a, b]) actor.does(() => lock.rdlock());
  a.does(() => lock.upgrade());
  expect(lock.holders()).toEqual([b.co]);
  b.calls(() => lock.unlock());
  expect(a.waits).toBe(false);
  expect(lock.writer.holders()).toEqual([a.co]);
});

test('with a writer in line it goes behind that one, which runs first', () => {
  const lock = new CoRwlock();
  const [a, w, r] = actors('awr') as [Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock());
  a.does(() => lock.upgrade());
  r.does(() => lock.rdlock());
  expect(done([a, w, r])).toBe('w');
  w.calls(() => lock.unlock());
  expect(done([a, w, r])).toBe('aw');
  a.calls(() => lock.unlock());
  expect(done([a, w, r])).toBe('awr');
});

test('two readers that upgrade at once write one after the other', () => {
  const lock = new CoRwlock();
  const [a, b] = actors('ab') as [Actor, Actor];
  for (const actor of [a, b]) actor.does(() => lock.rdlock());
  a.does(() => lock.upgrade());
  b.does(() => lock.upgrade());
  expect(lock.holders()).toEqual([a.co]);
  expect(b.waits).toBe(true);
  a.calls(() => lock.unlock());
  expect(b.waits).toBe(false);
  b.calls(() => lock.downgrade()).calls(() => lock.unlock());
  expect([b.thrown, lock.holders()]).toEqual([undefined, []]);
});
