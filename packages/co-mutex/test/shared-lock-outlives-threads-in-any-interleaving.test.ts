import { InterleavingError } from '@coaio/steppable';
import { describe, expect, test, vi } from 'vitest';
import { exploreLocks, lockers, type Mutation } from './support/interleaved-locks.js';

// Millions of steps.
vi.setConfig({ testTimeout: 300_000 });
const soak = process.env['COAIO_SOAK'] !== undefined;

interface Variant {
  readonly mutation?: Mutation;
  /** Who waits looks for a turn that nobody has, whenever it is woken. */
  readonly looksAgain?: boolean;
  /** Who has passed the lock to a thread that had died tells all that it is broken. */
  readonly tells?: boolean;
  /** Who notices a death looks for the locks of all the dead. */
  readonly sweepsAll?: boolean;
}

/**
 * `lockersCount` threads lock and unlock, from 1 on; with `isHeld` the first has the lock from the start on. Those of `mortal` may be
 * terminated between any two steps, all of them in one interleaving. Another thread notices, and tells all.
 */
function dying(lockersCount: number, mortal: readonly number[], isHeld: boolean, variant: Variant = {}) {
  const { mutation, looksAgain = true, tells = true, sweepsAll = true } = variant;
  const { holder, locker, sweeper } = lockers(mutation, tells);
  const threads = Array.from(
    { length: lockersCount },
    (_, index) => () => (isHeld && index === 0 ? holder(1) : locker(index + 1, 1, looksAgain)),
  );
  const mayDie = mortal.map((thread) => thread - 1);
  return exploreLocks(
    { threads: [...threads, () => sweeper(mortal.length, sweepsAll)], mayDie },
    isHeld ? 1 : 0,
  );
}

test('of two threads one dies anywhere: the other gets the lock, or is told that it is broken', () => {
  expect(dying(2, [1], false).interleavings).toBeGreaterThan(10n ** 6n);
});

test('both die', () => {
  expect(dying(2, [1, 2], false).interleavings).toBeGreaterThan(10n ** 6n);
});

test('it dies with the lock, or as it hands it on, while two others ask for it: neither hangs', () => {
  expect(dying(3, [1], true).interleavings).toBeGreaterThan(10n ** 6n);
});

// Two million states: a minute. The model in models/hand-off.promela has these cases in each run.
test.runIf(soak)(
  'it dies as it asks for the lock, or has it, or hands it on, while another asks for it: neither that nor the holder hangs',
  () => {
    expect(dying(3, [2], true).interleavings).toBeGreaterThan(10n ** 6n);
  },
);

describe('the exploration fails if', () => {
  test('who waits does not look for a turn that a dead thread has left', () => {
    expect(() => dying(2, [1], true, { looksAgain: false })).toThrow('hangs');
  });

  test.runIf(soak)(
    'a death is looked at alone: an heir that died before it got the lock is never found',
    () => {
      expect(() => dying(3, [1, 2], true, { sweepsAll: false })).toThrow('hangs');
    },
  );

  test('who passes it to a thread that has died does not tell all that it is broken', () => {
    expect(() => dying(3, [2], true, { tells: false })).toThrow('hangs');
  });

  test('who passes the lock on does not look whether its heir has died meanwhile', () => {
    const replace = 'if (!isAlive(words, waiter)) breakIfHeldBy(words, mutex, heir);';
    expect(() => dying(3, [2], true, { mutation: { replace, by: '' } })).toThrow(InterleavingError);
  });
});
