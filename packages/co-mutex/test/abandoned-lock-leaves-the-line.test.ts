import { AioContext, getCurrentAioContext } from '@coaio/aio-context';
import { CoMutex } from '@coaio/co-mutex';
import { type Co, coWaits } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { Actor, actors } from './support/actor.js';

const reason = new Error('no longer wanted');

test.each([0, 1, 2])('waiter %i of three gives up: the others get the lock in order', (index) => {
  const mutex = new CoMutex();
  const abort = new AbortController();
  const [holder, ...waiters] = actors('habc') as [Actor, Actor, Actor, Actor];
  holder.does(() => mutex.lock());
  for (const [at, waiter] of waiters.entries()) {
    waiter.does(() => mutex.lock({ signal: at === index ? abort.signal : undefined }));
  }
  abort.abort(reason);
  expect(waiters.map(({ thrown }) => thrown)).toEqual(
    waiters.map((_, at) => (at === index ? reason : undefined)),
  );
  expect(waiters.map(({ co }) => co.locksHeld)).toEqual([0, 0, 0]);
  expect(coWaits()).toHaveLength(2);
  holder.calls(() => mutex.unlock());
  for (const next of waiters.toSpliced(index, 1)) {
    expect(mutex.holder).toBe(next.co);
    expect(next.waits).toBe(false);
    next.calls(() => mutex.unlock());
  }
  expect(mutex.holder).toBeNull();
});

test('a signal that has aborted already: it throws, though the lock be free', () => {
  const mutex = new CoMutex();
  const a = new Actor('a').does(() => mutex.lock({ signal: AbortSignal.abort(reason) }));
  expect(a.thrown).toBe(reason);
  expect([mutex.holder, a.co.locksHeld]).toEqual([null, 0]);
  a.does(() => mutex.withLock(function* () {}, { signal: AbortSignal.abort(reason) }));
  expect(a.thrown).toBe(reason);
  a.calls(() => mutex.tryLock({ signal: AbortSignal.abort(reason) }));
  expect(a.thrown).toBe(reason);
  expect(mutex.holder).toBeNull();
});

test('it gives up where it waited', () => {
  const home = new AioContext({ name: 'home' });
  const mutex = new CoMutex();
  const abort = new AbortController();
  let where: string | undefined;
  new Actor('holder').does(() => mutex.lock());
  new Actor('a', home).does(function* (): Co<void> {
    try {
      yield* mutex.lock({ signal: abort.signal });
    } catch {
      where = getCurrentAioContext()?.name;
    }
  });
  abort.abort();
  expect(where).toBeUndefined();
  home.poll();
  expect(where).toBe('home');
});

test('a signal that aborts once the lock is held changes nothing', () => {
  const mutex = new CoMutex();
  const abort = new AbortController();
  const [holder, a] = actors('ha') as [Actor, Actor];
  holder.does(() => mutex.lock({ signal: abort.signal }));
  a.does(() => mutex.lock({ signal: abort.signal }));
  holder.calls(() => mutex.unlock());
  abort.abort(reason);
  expect(a.thrown).toBeUndefined();
  expect(mutex.holder).toBe(a.co);
});
