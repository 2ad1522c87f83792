import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';

test('readers that keep coming wait behind it, so it gets its turn', () => {
  const lock = new CoRwlock();
  const [a, w, b, c] = actors('awbc') as [Actor, Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock());
  b.does(() => lock.rdlock());
  c.does(() => lock.rdlock());
  expect(done([w, b, c])).toBe('');
  a.calls(() => lock.unlock());
  expect(done([w, b, c])).toBe('w');
  w.calls(() => lock.unlock());
  expect(done([w, b, c])).toBe('wbc');
});

test('nor does a reader that comes back overtake it', () => {
  const lock = new CoRwlock();
  const [a, w] = actors('aw') as [Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock());
  a.does(function* () {
    lock.unlock();
    yield* lock.rdlock();
  });
  expect(lock.holders()).toEqual([w.co]);
  expect(a.waits).toBe(true);
});
