import { explore, ghost, loadSteppable, type Script } from '@coaio/steppable';
import { expect, test } from 'vitest';
import { claimerOf, HOME, IDLE, TAG, tagOf, wordsOf } from '../src/shared/layout.js';
import type * as WakeList from '../src/shared/wake-list.js';

const CELL = 4;
const words = new Int32Array(0);

/** Three threads claim one cell. */
function claimRace(mutation?: { replace: string; by: string }) {
  const file = new URL('../src/shared/wake-list.ts', import.meta.url);
  const { claim } = loadSteppable<typeof WakeList>(file, { mutation });
  const memory = new Int32Array(wordsOf(5));
  memory[wordsOf(CELL) + TAG] = tagOf(7, IDLE);
  memory[wordsOf(CELL) + HOME] = 3;
  const claimer = function* (thread: number): Script {
    const outcome = yield* claim(words, CELL, 7, thread);
    yield* ghost((outcomes) => {
      outcomes[thread] = ['claimed', 'scheduled', 'stale'].indexOf(outcome);
    });
  };
  return explore({
    memory,
    ghost: [0, -1, -1, -1],
    threads: [1, 2, 3].map((thread) => () => claimer(thread)),
    atEnd({ memory, ghost: [, ...outcomes] }) {
      const winner = claimerOf(memory[wordsOf(CELL) + TAG] as number);
      const expected = [1, 2, 3].map((thread) => (thread === winner ? 0 : 1));
      if (outcomes.join() !== expected.join()) throw new Error(`winner ${winner}, outcomes ${outcomes}`);
    },
  });
}

test('of three claims one wins, its name is in the tag, and the others are told "scheduled"', () => {
  expect(claimRace().interleavings).toBe(6n);
});

test('the exploration fails if the claim looks first and writes then', () => {
  const replace = 'Atomics.compareExchange(words, at + TAG, idle, tagOf(generation, SCHEDULED, thread));';
  const by =
    'Atomics.load(words, at + TAG); if (seen === idle) Atomics.store(words, at + TAG, tagOf(generation, SCHEDULED, thread));';
  expect(() => claimRace({ replace, by })).toThrow('in this interleaving');
});
