import { AioContext, getCurrentAioContext, getMainAioContext } from '@coaio/aio-context';
import { CoQueue, type CoQueueWaitOptions } from '@coaio/co-queue';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { handLock } from './support/hand-lock.js';
import { waiters } from './support/waiters.js';

const main = getMainAioContext();
const reason = new Error('no longer wanted');

/** Waits with `options`, then logs how that ended and whether it has the lock. */
function waitsWithLock(queue: CoQueue, options: CoQueueWaitOptions, log: unknown[], lock = handLock()) {
  const co = Coroutine.create(function* (): Co<void> {
    yield* lock.lock();
    try {
      yield* queue.wait(lock, options);
      log.push('woken');
    } catch (error) {
      log.push(error);
    }
    log.push(lock.holder === co);
    lock.unlock();
  });
  co.enter();
  return { co, lock };
}

test('it throws the reason with the lock held, and the wakes go to the others', () => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const log: unknown[] = [];
  const woken: string[] = [];
  waiters(queue, 'a', woken);
  const { co } = waitsWithLock(queue, { signal: abort.signal }, log);
  waiters(queue, 'b', woken);
  abort.abort(reason);
  expect(log).toEqual([reason, true]);
  expect(co.state).toBe('ended');
  expect([queue.next(), queue.next(), queue.next()]).toEqual([true, true, false]);
  main.poll();
  expect(woken).toEqual(['a', 'b']);
});

test('if somebody else holds the lock by then, it waits for that before it throws', () => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const log: unknown[] = [];
  const { lock } = waitsWithLock(queue, { signal: abort.signal }, log);
  const other = Coroutine.create(() => lock.lock());
  other.enter();
  abort.abort(reason);
  expect(queue.isEmpty).toBe(true);
  expect(log).toEqual([]);
  lock.free();
  main.poll();
  expect(log).toEqual([reason, true]);
});

test('a signal that has aborted already: it throws and has not let go of the lock', () => {
  const queue = new CoQueue();
  const log: unknown[] = [];
  const { lock } = waitsWithLock(queue, { signal: AbortSignal.abort(reason) }, log);
  expect(log).toEqual([reason, true]);
  expect(lock.unlocks).toBe(1);
  expect(queue.isEmpty).toBe(true);
});

test('it runs where it waited', () => {
  const home = new AioContext({ name: 'home' });
  const queue = new CoQueue();
  const abort = new AbortController();
  let where: string | undefined;
  Coroutine.create(function* (): Co<void> {
    try {
      yield* queue.wait(undefined, { signal: abort.signal });
    } catch {
      where = getCurrentAioContext()?.name;
    }
  }).enter(home);
  abort.abort();
  expect(where).toBeUndefined();
  home.poll();
  expect(where).toBe('home');
});

test('a signal that is aborted after the wait has ended changes nothing', () => {
  const queue = new CoQueue();
  const abort = new AbortController();
  const log: string[] = [];
  Coroutine.create(function* (): Co<void> {
    yield* queue.wait(undefined, { signal: abort.signal });
    log.push('woken');
    yield* queue.wait();
    log.push('again');
  }).enter();
  queue.enterNext();
  abort.abort(reason);
  expect(log).toEqual(['woken']);
  expect(queue.enterNext()).toBe(true);
  expect(log).toEqual(['woken', 'again']);
});
