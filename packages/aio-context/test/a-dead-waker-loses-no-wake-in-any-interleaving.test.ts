import { diesWhere, forget, InterleavingError, type Script } from '@coaio/steppable';
import { describe, expect, test, vi } from 'vitest';
import { DEATHS, HEADER, wordsOf } from '../src/shared/layout.js';
import { exploreWakes, lost, type Mutation, protocol, sweep, words } from './support/interleaved-wakes.js';

// A million steps: seconds, on a loaded machine more.
vi.setConfig({ testTimeout: 300_000 });

interface Variant {
  readonly mutation?: Mutation;
  /** Home takes the list before it looks whether somebody has died. */
  readonly listFirst?: boolean;
  /** The death is told as a wake is. */
  readonly softly?: boolean;
}

/** Two threads wake cells, and the first may be terminated anywhere; a third thread notices, and tells home. */
function dyingWaker(
  cellsOf: readonly [number[], number[]],
  { mutation, listFirst = false, softly = false }: Variant = {},
) {
  const { wake, runWoken, rearmAndRun, sleep, ringForDeath, ring } = protocol(mutation);

  const cells = [...new Set(cellsOf.flat())];

  function* waker(thread: 1 | 2): Script {
    for (const cell of cellsOf[thread - 1] as number[]) {
      yield* forget(cell);
      yield* wake(cell, thread);
    }
  }

  const countDeaths = function* (): Script<number> {
    return Number(yield ['load', words, wordsOf(HEADER) + DEATHS]);
  };

  function* home(): Script {
    for (let told = 0; ; ) {
      yield* forget(`told ${told}`);
      // Before the list: what the dead thread had pushed is in it then, and not lost.
      let deaths = listFirst ? told : yield* countDeaths();
      yield* runWoken(rearmAndRun, `${told} ${deaths}`);
      if (listFirst) deaths = yield* countDeaths();
      if (deaths !== told) for (const cell of yield* lost(cells)) yield* rearmAndRun(cell);
      told = deaths;
      yield* sleep(told);
    }
  }

  const sweeper = function* (): Script {
    const died = yield* diesWhere(1);
    yield* sweep(softly ? ring : ringForDeath, died + 1);
  };
  const threads = [() => waker(1), () => waker(2), home, sweeper];
  return exploreWakes({ cells, threads, mayDie: [0] }, 2);
}

test('a waker is terminated between any two of its steps: what it had claimed gets its turn, and the other waker is heard', () => {
  expect(dyingWaker([[4], [4]]).interleavings).toBeGreaterThan(10n ** 6n);
});

test('the same with two wakeables', () => {
  expect(dyingWaker([[4, 5], [5]]).interleavings).toBeGreaterThan(10n ** 12n);
});

describe('the exploration fails if', () => {
  test('home takes the list before it looks whether somebody has died: one claim, two turns', () => {
    expect(() => dyingWaker([[4], [4]], { listFirst: true })).toThrow(/1 claims, 2 turns|was pushed/);
  });

  test('a death is told with the doorbell that trusts the dead one to ring', () => {
    expect(() => dyingWaker([[4], [4]], { softly: true })).toThrow(InterleavingError);
  });

  test('home does not look for deaths before it sleeps', () => {
    const replace = 'Atomics.load(words, wordsOf(HEADER) + DEATHS) === deathsSeen';
    const mutation: Mutation = { file: 'doorbell', replace, by: 'true' };
    expect(() => dyingWaker([[4], [4]], { mutation })).toThrow(InterleavingError);
  });
});
