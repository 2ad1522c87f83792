import { CoRwlock } from '@coaio/co-mutex';
import { Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';
import { collectUncaught } from './support/collect-uncaught.js';

const reason = new Error('no longer wanted');

test('a writer at the head gives up: the readers behind it join those that read', () => {
  const lock = new CoRwlock();
  const abort = new AbortController();
  const [a, w, b, c, v] = actors('awbcv') as [Actor, Actor, Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock({ signal: abort.signal }));
  for (const reader of [b, c]) reader.does(() => lock.rdlock());
  v.does(() => lock.wrlock());
  abort.abort(reason);
  expect(w.thrown).toBe(reason);
  expect(w.co.locksHeld).toBe(0);
  expect(done([b, c, v])).toBe('bc');
  expect(lock.holders()).toEqual([a.co, b.co, c.co]);
});

test('one in the middle gives up: nobody else moves', () => {
  const lock = new CoRwlock();
  const abort = new AbortController();
  const [w, v, r, u] = actors('wvru') as [Actor, Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  v.does(() => lock.wrlock());
  r.does(() => lock.rdlock({ signal: abort.signal }));
  u.does(() => lock.wrlock());
  abort.abort(reason);
  expect(r.thrown).toBe(reason);
  for (const next of [w, v, u]) {
    expect(lock.holders()).toEqual([next.co]);
    next.calls(() => lock.unlock());
  }
  expect(lock.holders()).toEqual([]);
});

test('all give up by one signal: the lock is free when its holder lets go', () => {
  const lock = new CoRwlock();
  const abort = new AbortController();
  const [w, ...others] = actors('wabcd') as [Actor, Actor, Actor, Actor, Actor];
  w.does(() => lock.wrlock());
  for (const [at, other] of others.entries()) {
    other.does(() => (at % 2 === 0 ? lock.wrlock : lock.rdlock).call(lock, { signal: abort.signal }));
  }
  abort.abort(reason);
  expect(others.map(({ thrown }) => thrown)).toEqual([reason, reason, reason, reason]);
  w.calls(() => lock.unlock());
  expect(lock.holders()).toEqual([]);
});

test('the reader that is let in throws: the writer that gave up runs all the same', async () => {
  const uncaught = collectUncaught();
  const lock = new CoRwlock();
  const abort = new AbortController();
  const failure = new Error('reader');
  const [a, w] = actors('aw') as [Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock({ signal: abort.signal }));
  // Entered while the abort is told: it is in the current context.
  Coroutine.create(function* () {
    using _ = yield* lock.rdGuard();
    throw failure;
  }).enter();
  abort.abort(reason);
  expect(w.thrown).toBe(reason);
  await Promise.resolve();
  expect(uncaught).toEqual([failure]);
  expect(lock.holders()).toEqual([a.co]);
});
