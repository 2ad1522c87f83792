import { CoRwlock } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { type Actor, actors, done } from './support/actor.js';

const reason = new Error('no longer wanted');

test('beside readers: at once', () => {
  const lock = new CoRwlock();
  const abort = new AbortController();
  const [a, b] = actors('ab') as [Actor, Actor];
  for (const actor of [a, b]) actor.does(() => lock.rdlock());
  a.does(() => lock.upgrade({ signal: abort.signal }));
  abort.abort(reason);
  expect([a.waits, a.thrown]).toEqual([false, reason]);
  expect(lock.holders()).toEqual([b.co, a.co]);
  for (const actor of [a, b]) expect(actor.calls(() => lock.unlock()).thrown).toBeUndefined();
  expect(lock.holders()).toEqual([]);
});

test('behind a writer: when its turn has come, in its place in line, and then those behind it', () => {
  const lock = new CoRwlock();
  const abort = new AbortController();
  const [a, w, r, v] = actors('awrv') as [Actor, Actor, Actor, Actor];
  a.does(() => lock.rdlock());
  w.does(() => lock.wrlock());
  a.does(() => lock.upgrade({ signal: abort.signal }));
  r.does(() => lock.rdlock());
  v.does(() => lock.wrlock());
  abort.abort(reason);
  expect(a.waits).toBe(true);
  w.calls(() => lock.unlock());
  expect(a.thrown).toBe(reason);
  expect(done([a, w, r, v])).toBe('awr');
  expect(lock.holders()).toEqual([a.co, r.co]);
});

test('aborted before: it throws, and has read all the time', () => {
  const lock = new CoRwlock();
  const a = actors('a')[0]!;
  a.does(() => lock.rdlock()).does(() => lock.upgrade({ signal: AbortSignal.abort(reason) }));
  expect(a.thrown).toBe(reason);
  expect(lock.holders()).toEqual([a.co]);
  expect(a.calls(() => lock.reader.unlock()).thrown).toBeUndefined();
});
