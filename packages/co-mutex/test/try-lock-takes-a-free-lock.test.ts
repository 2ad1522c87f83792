import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('tryLock takes a free lock, and does not queue for a taken one', () => {
  const mutex = new CoMutex();
  const got: boolean[] = [];
  const holder = criticalSection(mutex, 'holder', []);
  function* tries(): Co<void> {
    got.push(mutex.tryLock());
    if (got.at(-1)) mutex.unlock();
  }
  Coroutine.create(tries).enter();
  holder.enter();
  expect(mutex.holder).toBeNull();
  Coroutine.create(tries).enter();
  expect(got).toEqual([false, true]);
});
