import { forget, InterleavingError, type Script } from '@coaio/steppable';
import { describe, expect, test, vi } from 'vitest';
import { exploreWakes, type Mutation, protocol, takesItsTurn } from './support/interleaved-wakes.js';

// A million steps: seconds, on a loaded machine more.
vi.setConfig({ testTimeout: 300_000 });

/** Two threads wake the cells that they are given, in turn; home sleeps when it has nothing to do. */
function wakersAndHome(cellsOf: readonly (readonly number[])[], mutation?: Mutation, timeouts = 0) {
  const { wake, runWoken, rearmAndRun, sleep } = protocol(mutation);

  function* waker(thread: number, cells: readonly number[]): Script {
    for (const [index, cell] of cells.entries()) {
      yield* forget(index);
      yield* wake(cell, thread);
    }
  }

  function* home(): Script {
    for (let round = 0; ; round++) {
      const timeoutsLeft = Math.max(timeouts - round, 0);
      yield* forget(timeoutsLeft);
      yield* runWoken(function* (cell) {
        yield* takesItsTurn(cell);
        yield* rearmAndRun(cell);
      }, timeoutsLeft);
      yield* sleep(undefined, timeoutsLeft > 0 ? 1 : undefined);
    }
  }

  const wakers = cellsOf.map((cells, index) => () => waker(index + 1, cells));
  return exploreWakes({ cells: [...new Set(cellsOf.flat())], threads: [...wakers, home] });
}

test('two threads wake the same two wakeables: each claim is one turn, in the order of the pushes', () => {
  expect(
    wakersAndHome([
      [4, 5],
      [5, 4],
    ]).interleavings,
  ).toBeGreaterThan(10n ** 15n);
});

test('they wake one wakeable again and again', () => {
  expect(
    wakersAndHome([
      [4, 4],
      [4, 4],
    ]).interleavings,
  ).toBeGreaterThan(10n ** 15n);
});

test('home gets up by itself meanwhile', () => {
  expect(wakersAndHome([[4], [5]], undefined, 1).interleavings).toBeGreaterThan(10n ** 6n);
});

describe('the exploration fails if', () => {
  test.each<[string, Mutation]>([
    [
      'home looks at the list before it says that it sleeps',
      {
        file: 'doorbell',
        replace: `  Atomics.store(words, at + ASLEEP, 1);
  // Only now`,
        by: '  const woken = Atomics.load(words, at + WOKEN); Atomics.store(words, at + ASLEEP, 1); if (woken === 0) return true;\n  //',
      },
    ],
    [
      'whoever rings leaves the 1 there',
      { file: 'doorbell', replace: 'Atomics.compareExchange(words, asleep, 1, 0) === 0', by: 'false' },
    ],
    [
      'nobody is notified',
      { file: 'doorbell', replace: '  Atomics.notify(words, asleep);\n  return true', by: '  return true' },
    ],
    [
      'who has not claimed it pushes it too',
      {
        file: 'wake-list',
        replace: 'return stateOf(seen) === SCHEDULED',
        by: "return 'claimed'; return stateOf(seen) === SCHEDULED",
      },
    ],
    [
      'a push that came second is not repeated',
      { file: 'wake-list', replace: 'if (seen === head) return home;', by: 'return home;' },
    ],
    [
      'it is linked only after it was pushed',
      {
        file: 'wake-list',
        replace: `    Atomics.store(words, at + NEXT, head);
    const seen = Atomics.compareExchange(words, list, head, cell);`,
        by: '    const seen = Atomics.compareExchange(words, list, head, cell);\n    Atomics.store(words, at + NEXT, head);',
      },
    ],
    [
      'the newest comes first',
      { file: 'wake-list', replace: 'Atomics.store(words, link, first);', by: 'return newest;' },
    ],
    [
      'the list is taken with a load and a store',
      {
        file: 'wake-list',
        replace: 'Atomics.exchange(words, wordsOf(thread) + WOKEN, 0);',
        by: 'Atomics.load(words, wordsOf(thread) + WOKEN); Atomics.store(words, wordsOf(thread) + WOKEN, 0);',
      },
    ],
  ])('%s', (_, mutation) => {
    expect(() =>
      wakersAndHome(
        [
          [4, 5],
          [5, 4],
        ],
        mutation,
      ),
    ).toThrow(InterleavingError);
  });
});
