import { describe, expect, test, vi } from 'vitest';
import { exploreCalls } from './support/interleaved-calls.js';
import { exploreClose } from './support/interleaved-close.js';
import { exploreDeath } from './support/interleaved-death.js';
import type { Variant } from './support/interleaved-views.js';

// Many steps: on a loaded machine more than the usual limit.
vi.setConfig({ testTimeout: 300_000 });

test('each request is taken and answered once, and what is given up is told to home', () => {
  expect(exploreCalls().interleavings).toBeGreaterThan(1000n);
});

test("the next holder of a dead thread's view gets its own answers, with nothing of the last under way", () => {
  expect(exploreDeath().interleavings).toBeGreaterThan(1000n);
});

test('who gets a view of a client that closes is answered, and nobody gets one afterwards', () => {
  expect(exploreClose().interleavings).toBeGreaterThan(1000n);
});

type Explore = typeof exploreCalls;

const lists = (replace: string, by: string): Variant => ({
  mutation: { file: 'request-lists', replace, by },
});
const holders = (replace: string, by: string): Variant => ({ mutation: { file: 'holders', replace, by } });

describe('the exploration fails if', () => {
  const bugs: [string, Explore, Variant][] = [
    [
      'a submission is counted before it is there',
      exploreCalls,
      lists(
        `  Atomics.store(words, at + SUBMISSIONS + (submitted & MASK), slot);
  Atomics.store(words, at + SUBMITTED, (submitted + 1) | 0);`,
        `  Atomics.store(words, at + SUBMITTED, (submitted + 1) | 0);
  Atomics.store(words, at + SUBMISSIONS + (submitted & MASK), slot);`,
      ),
    ],
    [
      'an answer is counted before it is there',
      exploreCalls,
      lists(
        `  Atomics.store(words, at + ANSWERS + (answered & MASK), (slot << 1) | detailed);
  Atomics.store(words, at + ANSWERED, (answered + 1) | 0);`,
        `  Atomics.store(words, at + ANSWERED, (answered + 1) | 0);
  Atomics.store(words, at + ANSWERS + (answered & MASK), (slot << 1) | detailed);`,
      ),
    ],
    [
      'calls are looked at first and cleared then',
      exploreCalls,
      lists(
        'return Atomics.exchange(words, CALLS + word, 0);',
        'const calls = Atomics.load(words, CALLS + word); Atomics.store(words, CALLS + word, 0); return calls;',
      ),
    ],
    [
      'that there is an abort is told before the abort',
      exploreCalls,
      lists(
        `  Atomics.store(words, wordsOfSlot(view, slot) + ABORT, 1);
  Atomics.store(words, wordsOfView(view) + ABORTS, 1);`,
        `  Atomics.store(words, wordsOfView(view) + ABORTS, 1);
  Atomics.store(words, wordsOfSlot(view, slot) + ABORT, 1);`,
      ),
    ],
    ['home looks for aborts before it takes submissions', exploreCalls, { looksAtAbortsAtOnce: true }],
    [
      'home takes what the dead thread has submitted for the next',
      exploreDeath,
      lists(
        'return Atomics.load(words, wordsOfView(view) + SUBMITTED);',
        'return 0 * Atomics.load(words, wordsOfView(view) + SUBMITTED);',
      ),
    ],
    [
      "the next holder takes the dead thread's answers",
      exploreDeath,
      lists(
        'return Atomics.load(words, wordsOfView(view) + ANSWERED);',
        'return 0 * Atomics.load(words, wordsOfView(view) + ANSWERED);',
      ),
    ],
    ['the view is given away too soon', exploreDeath, { freesTooSoon: true }],
    [
      'a view is taken in two steps',
      exploreClose,
      holders(
        'const seen = Atomics.compareExchange(words, HOLDERS + view, 0, me);',
        'const seen = Atomics.load(words, HOLDERS + view); if (seen === 0) Atomics.store(words, HOLDERS + view, me);',
      ),
    ],
    [
      'a view is closed under its holder',
      exploreClose,
      holders(
        'const seen = Atomics.compareExchange(words, HOLDERS + view, 0, CLOSED);',
        'const seen = Atomics.exchange(words, HOLDERS + view, CLOSED);',
      ),
    ],
  ];
  test.each(bugs)('%s', (_what, exploration, variant) => {
    expect(() => exploration(variant)).toThrow('in this interleaving');
  });
});
