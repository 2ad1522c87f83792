import { forget, ghost, InterleavingError, type Script } from '@coaio/steppable';
import { describe, expect, test } from 'vitest';
import { FREE, IDLE, TAG, tagOf, wordsOf } from '../src/shared/layout.js';
import { exploreWakes, type Mutation, protocol, takesItsTurn, words } from './support/interleaved-wakes.js';

const CELL = 4;
// The ghost counts, for each generation of the cell, the claims that have not had their turn.
const CLAIMED = 2;

interface Variant {
  readonly mutation?: Mutation;
  /** The cell is let go even while somebody is waking it. */
  readonly atOnce?: boolean;
}

/** One thread has a handle of the first wakeable of a cell, the other of the second. Home ends the first, and makes the second in its cell. */
function reusedCell({ mutation, atOnce = false }: Variant = {}) {
  const { claim, pushWoken, ring, rearm, runWoken, sleep } = protocol(mutation);

  function* waker(thread: number, generation: number): Script {
    for (const wake of [1, 2]) {
      yield* forget(wake);
      if ((yield* claim(words, CELL, generation, thread)) !== 'claimed') continue;
      yield* ghost((state) => {
        state[CLAIMED + generation] = (state[CLAIMED + generation] as number) + 1;
      });
      yield* ring(words, yield* pushWoken(words, CELL, 0));
    }
  }

  function* letGo(): Script<boolean> {
    const idle = tagOf(0, IDLE);
    const gone = tagOf(1, FREE);
    if (atOnce) yield ['store', words, wordsOf(CELL) + TAG, gone];
    else if ((yield ['compareExchange', words, wordsOf(CELL) + TAG, idle, gone]) !== idle) return false;
    yield ['store', words, wordsOf(CELL) + TAG, tagOf(1, IDLE)];
    return true;
  }

  function* home(): Script {
    let generation = 0;
    const turn = function* (cell: number): Script {
      yield* takesItsTurn(cell);
      const now = generation;
      yield* rearm(words, cell, now);
      yield* ghost((state) => {
        const left = (state[CLAIMED + now] as number) - 1;
        if (left < 0) throw new Error(`generation ${now} has its turn, but nobody claimed it`);
        state[CLAIMED + now] = left;
      });
      if (generation === 0 && (yield* letGo())) generation = 1;
    };
    if (yield* letGo()) generation = 1;
    for (;;) {
      yield* forget(generation);
      // A turn may make the second wakeable; this thread has no other cell in the list then.
      yield* runWoken(turn, generation);
      yield* sleep();
    }
  }

  return exploreWakes({ cells: [CELL], threads: [() => waker(1, 0), () => waker(2, 1), home] });
}

test('a wake of the first wakeable never comes to the second one in its cell, and none of either is lost', () => {
  expect(reusedCell().interleavings).toBeGreaterThan(10n ** 6n);
});

describe('the exploration fails if', () => {
  test('the cell is let go while somebody is waking it', () => {
    expect(() => reusedCell({ atOnce: true })).toThrow(InterleavingError);
  });

  test('a claim does not look at the generation', () => {
    const mutation: Mutation = {
      file: 'wake-list',
      replace: 'const idle = tagOf(generation, IDLE);',
      by: 'generation = generationOf(Atomics.load(words, at + TAG)); const idle = tagOf(generation, IDLE);',
    };
    expect(() => reusedCell({ mutation })).toThrow(InterleavingError);
  });
});
