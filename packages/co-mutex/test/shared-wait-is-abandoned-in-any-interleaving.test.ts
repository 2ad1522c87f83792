import { InterleavingError } from '@coaio/steppable';
import { describe, expect, test, vi } from 'vitest';
import { exploreLocks, lockers, type Mutation } from './support/interleaved-locks.js';

// A million steps: seconds, on a loaded machine more.
vi.setConfig({ testTimeout: 300_000 });

/** The first thread has the lock; some of the others give up as soon as they have to wait. */
function abandon(quitters: readonly boolean[], mutation?: Mutation) {
  const { holder, locker, quitter } = lockers(mutation);
  const others = quitters.map((quits, index) => () => (quits ? quitter(index + 2) : locker(index + 2)));
  return exploreLocks({ threads: [() => holder(1), ...others] }, 1);
}

test('a wait is given up while the lock is handed on: it is passed over, or has the lock; who comes behind gets it either way', () => {
  expect(abandon([true, false]).interleavings).toBeGreaterThan(10n ** 6n);
});

test('all who wait give up: the lock is free at the end', () => {
  expect(abandon([true, true]).interleavings).toBeGreaterThan(10n ** 6n);
});

describe('the exploration fails if', () => {
  test.each<[string, Mutation]>([
    [
      'who gave up is chosen',
      {
        replace: 'Atomics.compareExchange(words, state, WAITING, CHOSEN) === WAITING)',
        by: 'Atomics.exchange(words, state, CHOSEN) > -1)',
      },
    ],
    [
      'who was chosen gives up',
      {
        replace:
          'Atomics.compareExchange(words, wordsOf(waiter) + WAIT_STATE, WAITING, ABANDONED) === WAITING;',
        by: 'Atomics.exchange(words, wordsOf(waiter) + WAIT_STATE, ABANDONED) > -1;',
      },
    ],
    [
      'who gave up still counts as one who wants it',
      { replace: '      Atomics.sub(words, word, 1);\n', by: '' },
    ],
    [
      'a lock that nobody wants any more is not set free',
      { replace: 'if (Atomics.compareExchange(words, word, seen, 0) === seen) return 0;', by: 'return 0;' },
    ],
  ])('%s', (_, mutation) => {
    expect(() => abandon([true, false], mutation)).toThrow(InterleavingError);
  });
});
