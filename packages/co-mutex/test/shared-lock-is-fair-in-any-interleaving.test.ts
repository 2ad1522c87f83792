import { InterleavingError } from '@coaio/steppable';
import { describe, expect, test, vi } from 'vitest';
import { exploreLocks, lockers, type Mutation } from './support/interleaved-locks.js';

// A million steps: seconds, on a loaded machine more.
vi.setConfig({ testTimeout: 300_000 });

/** Each of the threads locks and unlocks so often. */
function contend(times: readonly number[], mutation?: Mutation) {
  const { locker } = lockers(mutation);
  return exploreLocks({ threads: times.map((time, index) => () => locker(index + 1, time)) });
}

test('three threads: one is inside at a time, all come in, in the order in which they lined up', () => {
  expect(contend([1, 1, 1]).interleavings).toBeGreaterThan(10n ** 6n);
});

test('two threads, again and again', () => {
  expect(contend([3, 2]).interleavings).toBeGreaterThan(10n ** 6n);
});

describe('the exploration fails if', () => {
  test.each<[string, Mutation]>([
    [
      'who leaves the turn does not look again',
      {
        replace:
          'return Atomics.load(words, wordsOf(mutex) + PUSHED) !== 0 && takeTurn(words, mutex, thread);',
        by: 'return false;',
      },
    ],
    [
      'who lines up does not look for the turn',
      { replace: 'return lookAgain(words, mutex, thread);', by: 'return 0;' },
    ],
    [
      'an unlock does not see who has announced himself',
      {
        replace:
          'return Atomics.compareExchange(words, word, held, 0) === held ? 0 : giveOn(words, mutex, thread);',
        by: 'Atomics.compareExchange(words, word, held, 0); Atomics.store(words, word, 0); return 0;',
      },
    ],
    [
      'the lock is taken without a look',
      {
        replace: 'Atomics.compareExchange(words, word, 0, lockWord(thread, 0)) === 0;',
        by: 'Atomics.exchange(words, word, lockWord(thread, 0)) === 0;',
      },
    ],
    [
      'who is served still counts as one who wants it',
      { replace: 'passWord(words, word, heir, 1);', by: 'passWord(words, word, heir, 0);' },
    ],
    [
      'the newest comes first',
      {
        replace: '      Atomics.store(words, link, first);\n',
        by: '      Atomics.store(words, link, first); first = newest; break;\n',
      },
    ],
    [
      'the line is not moved on',
      {
        replace: '  if (first !== 0) Atomics.store(words, at + LINE,',
        by: '  if (first === -1) Atomics.store(words, at + LINE,',
      },
    ],
  ])('%s', (_, mutation) => {
    expect(() => contend([1, 1, 1], mutation)).toThrow(InterleavingError);
  });
});
