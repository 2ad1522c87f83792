import { getMainAioContext } from '@coaio/aio-context';
import { CoQueue } from '@coaio/co-queue';
import { aioCoWake, type Co, Coroutine, coSelf, coYield, type Lockable } from '@coaio/coroutine';
import { expect, test } from 'vitest';

const main = getMainAioContext();

function loggingLock(log: string[]): Lockable & { free: boolean; waiting: Coroutine | undefined } {
  return {
    free: false,
    waiting: undefined,
    *lock(): Co<void> {
      log.push('lock');
      if (!this.free) {
        this.waiting = coSelf();
        yield* coYield();
      }
      this.free = false;
      log.push('locked');
    },
    unlock() {
      log.push('unlock');
      this.free = true;
    },
  };
}

test('it is let go when the wait begins, and held again when it returns', () => {
  const queue = new CoQueue();
  const log: string[] = [];
  const lock = loggingLock(log);
  const co = Coroutine.create(function* (): Co<void> {
    yield* queue.wait(lock);
    log.push('goes on');
  });
  co.enter();
  expect(log).toEqual(['unlock']);
  expect(queue.isEmpty).toBe(false);
  queue.next();
  main.poll();
  expect(log).toEqual(['unlock', 'lock', 'locked', 'goes on']);
});

test('if somebody else holds it by then, it waits for the lock', () => {
  const queue = new CoQueue();
  const log: string[] = [];
  const lock = loggingLock(log);
  const co = Coroutine.create(() => queue.wait(lock));
  co.enter();
  lock.free = false;
  queue.next();
  main.poll();
  expect(log).toEqual(['unlock', 'lock']);
  expect(co.state).toBe('yielded');
  aioCoWake(lock.waiting!);
  expect(log).toEqual(['unlock', 'lock', 'locked']);
  expect(co.state).toBe('ended');
});
