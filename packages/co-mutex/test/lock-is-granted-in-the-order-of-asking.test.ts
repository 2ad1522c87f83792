import { CoMutex } from '@coaio/co-mutex';
import { expect, test } from 'vitest';
import { criticalSection } from './support/critical-section.js';

test('waiters get the lock first come, first served, one at a time', () => {
  const mutex = new CoMutex();
  const log: string[] = [];
  const all = ['a', 'b', 'c', 'd'].map((name) => criticalSection(mutex, name, log));
  expect(log).toEqual(['a has it']);
  for (const co of all) co.enter();
  expect(log).toEqual([
    'a has it',
    'a unlocked',
    'b has it',
    'b unlocked',
    'c has it',
    'c unlocked',
    'd has it',
    'd unlocked',
  ]);
  expect(mutex.holder).toBeNull();
});
