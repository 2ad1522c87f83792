import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';

test('the writer goes on as a reader, and the readers at the head of the line enter', () => {
  const lock = new CoRwlock();
  const [w, a, b, v, c] = actors('wabvc') as [Actor, Actor, Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  for (const reader of [a, b]) reader.does(() => lock.rdlock());
  v.does(() => lock.wrlock());
  c.does(() => lock.rdlock());
  w.calls(() => lock.downgrade());
  expect(done([w, a, b, v, c])).toBe('wab');
  expect(lock.holders()).toEqual([w.co, a.co, b.co]);
});

test('with a writer at the head of the line nobody enters, and it does not wait', () => {
  const lock = new CoRwlock();
  const [w, v, a] = actors('wva') as [Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  v.does(() => lock.wrlock());
  a.does(() => lock.rdlock());
  w.calls(() => lock.downgrade());
  expect([w.waits, lock.holders()]).toEqual([false, [w.co]]);
  w.calls(() => lock.unlock());
  expect(lock.holders()).toEqual([v.co]);
});
