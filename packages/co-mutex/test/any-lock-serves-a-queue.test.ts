import { getMainAioContext } from '@coaio/aio-context';
import { CoMutex, CoRwlock } from '@coaio/co-mutex';
import { CoQueue } from '@coaio/co-queue';
import type { Lockable } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { Actor } from './support/actor.js';

const main = getMainAioContext();
const mutex = new CoMutex();
const rwlock = new CoRwlock();

const locks: [string, Lockable, () => unknown[]][] = [
  ['a CoMutex', mutex, () => mutex.holders()],
  ["a CoRwlock's reader", rwlock.reader, () => rwlock.holders()],
  ["a CoRwlock's writer", rwlock.writer, () => rwlock.holders()],
];

test.each(locks)(
  '%s is free while its holder waits in a CoQueue, and held again after it',
  (_, lock, holders) => {
    const queue = new CoQueue();
    const a = new Actor('a').does(() => lock.lock()).does(() => queue.wait(lock));
    expect([a.waits, a.co.locksHeld, holders()]).toEqual([true, 0, []]);
    queue.next();
    main.poll();
    expect([a.waits, a.co.locksHeld, holders()]).toEqual([false, 1, [a.co]]);
    a.calls(() => lock.unlock());
  },
);

test.each(locks)('%s: an abandoned wait waits for the lock, then throws with it', (_, lock, holders) => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const exclusive = lock === mutex ? mutex : rwlock.writer;
  const a = new Actor('a').does(() => lock.lock()).does(() => queue.wait(lock, { signal: abort.signal }));
  const b = new Actor('b').does(() => exclusive.lock());
  abort.abort(reason);
  expect([a.waits, holders()]).toEqual([true, [b.co]]);
  b.calls(() => exclusive.unlock());
  expect([a.waits, a.thrown, holders()]).toEqual([false, reason, [a.co]]);
  a.calls(() => lock.unlock());
});

test('a lock held in the other way is not let go: the wait throws and it is held as before', () => {
  const queue = new CoQueue();
  const a = new Actor('a').does(() => rwlock.wrlock()).does(() => queue.wait(rwlock.reader));
  expect(a.thrown).toMatchObject({ code: 'CO_RWLOCK_WRONG_MODE' });
  expect(queue.isEmpty).toBe(true);
  expect(rwlock.holders()).toEqual([a.co]);
  a.calls(() => rwlock.unlock());
});
