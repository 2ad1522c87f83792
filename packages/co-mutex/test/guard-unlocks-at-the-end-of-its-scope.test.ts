import { CoMutex } from '@coaio/co-mutex';
import { type Co, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

test('the lock is held in the scope, over yields too, and free after it', () => {
  const mutex = new CoMutex();
  const a = new Actor('a').does(function* (): Co<void> {
    using _ = yield* mutex.guard();
    yield* coYield();
  });
  expect(mutex.holder).toBe(a.co);
  a.co.enter();
  expect(a.waits).toBe(false);
  expect(mutex.holder).toBeNull();
});

test('also when the scope is left by a throw', () => {
  const mutex = new CoMutex();
  const failure = new Error('inside');
  const a = new Actor('a').does(function* (): Co<void> {
    using _ = yield* mutex.guard();
    throw failure;
  });
  expect(a.thrown).toBe(failure);
  expect(mutex.holder).toBeNull();
});

test("the guard's own unlock comes early, and then the end of the scope does nothing", () => {
  const mutex = new CoMutex();
  const other = new Actor('other');
  const a = new Actor('a').does(function* (): Co<void> {
    using guard = yield* mutex.guard();
    guard.unlock();
    expect(mutex.holder).toBeNull();
    other.does(() => mutex.lock());
  });
  expect(a.thrown).toBeUndefined();
  expect(mutex.holder).toBe(other.co);
});

test('unlocked by hand instead: the end of the scope says so', () => {
  const mutex = new CoMutex('requests');
  const a = new Actor('a').does(function* (): Co<void> {
    using _ = yield* mutex.guard();
    mutex.unlock();
  });
  expect(a.thrown).toMatchObject({
    code: 'CO_MUTEX_NOT_HOLDER',
    message: 'unlock "requests": "a" called, nobody holds it',
  });
});

test('a guard waits for its turn, with purpose and signal as lock does', () => {
  const mutex = new CoMutex();
  const abort = new AbortController();
  new Actor('holder').does(() => mutex.lock());
  const a = new Actor('a').does(() => mutex.guard({ signal: abort.signal }));
  expect(a.waits).toBe(true);
  abort.abort(new Error('no longer wanted'));
  expect(a.thrown).toMatchObject({ message: 'no longer wanted' });
});
