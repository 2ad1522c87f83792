import { CoMutex } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('a waiter that somebody else enters does not have the lock and waits on', () => {
  const mutex = new CoMutex();
  const log: string[] = [];
  const holder = criticalSection(mutex, 'holder', log);
  const waiter = criticalSection(mutex, 'waiter', log);
  waiter.enter();
  waiter.enter();
  expect(log).toEqual(['holder has it']);
  holder.enter();
  expect(log).toEqual(['holder has it', 'holder unlocked', 'waiter has it']);
});
