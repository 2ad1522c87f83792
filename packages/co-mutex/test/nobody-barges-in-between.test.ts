import { CoMutex } from '@coaio/co-mutex';
import { type Co, Coroutine } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('unlock hands the lock to the first waiter at once: who asks next comes behind it', () => {
  const mutex = new CoMutex();
  const log: string[] = [];
  const greedy = criticalSection(mutex, 'greedy', log);
  const waiter = criticalSection(mutex, 'waiter', log);
  log.length = 0;
  const again = Coroutine.create(function* (): Co<void> {
    greedy.enter();
    log.push(`holder is ${mutex.holder?.name}`, `tryLock: ${mutex.tryLock()}`);
  });
  again.enter();
  expect(log).toEqual(['greedy unlocked', 'waiter has it', 'holder is waiter', 'tryLock: false']);
  waiter.enter();
  expect(mutex.holder).toBeNull();
});

test('nor does the unlocker itself, before the waiter has run', () => {
  const mutex = new CoMutex();
  const log: string[] = [];
  const greedy = Coroutine.create(function* (): Co<void> {
    yield* mutex.lock();
    waiter = criticalSection(mutex, 'waiter', log);
    mutex.unlock();
    log.push(`holder is ${mutex.holder?.name}`, `tryLock: ${mutex.tryLock()}`);
    yield* mutex.lock();
    log.push('greedy has it');
    mutex.unlock();
  });
  let waiter: Coroutine | undefined;
  greedy.enter();
  expect(log).toEqual(['holder is waiter', 'tryLock: false', 'waiter has it']);
  waiter?.enter();
  expect(log.slice(3)).toEqual(['waiter unlocked', 'greedy has it']);
});
