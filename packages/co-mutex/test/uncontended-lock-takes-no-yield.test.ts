import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';

test('a free lock is taken and given back without going back to the enterer', () => {
  const mutex = new CoMutex();
  const holders: unknown[] = [];
  const co = Coroutine.create(function* (): Co<void> {
    for (let i = 0; i < 3; i++) {
      yield* mutex.lock();
      holders.push(mutex.holder);
      mutex.unlock();
      holders.push(mutex.holder);
    }
  });
  co.enter();
  expect(co.state).toBe('ended');
  expect(holders).toEqual([co, null, co, null, co, null]);
});
