import { describe, expect, test, vi } from 'vitest';
import { exploreClaims, type Mutation } from './support/interleaved-claims.js';

// Many steps: on a loaded machine more than the usual limit.
vi.setConfig({ testTimeout: 300_000 });

test('two threads write while the channel closes: no call meets another file', () => {
  expect(exploreClaims({ mortal: false }).interleavings).toBeGreaterThan(100n);
});

test('the same, and one of them ends anywhere', () => {
  expect(exploreClaims({ mortal: true }).interleavings).toBeGreaterThan(1000n);
});

describe('the exploration fails if', () => {
  const entered = 'return Atomics.compareExchange(words, direction + CLAIM, me, me | IN_CALL) === me;';
  const mutations: [string, Mutation, boolean][] = [
    [
      'a call is entered without a look at the word',
      { replace: entered, by: 'Atomics.store(words, direction + CLAIM, me | IN_CALL); return true;' },
      false,
    ],
    [
      'the channel is closed under a call',
      { replace: 'const inCall = (word & IN_CALL) !== 0;', by: 'const inCall = false;' },
      false,
    ],
    [
      'who leaves a call overwrites that it is to be told',
      {
        replace:
          'if (Atomics.compareExchange(words, direction + CLAIM, me | IN_CALL, me) === (me | IN_CALL)) return true;',
        by: 'Atomics.store(words, direction + CLAIM, me); if (me !== 0) return true;',
      },
      false,
    ],
    [
      'a release opens what was closed',
      {
        replace: 'Atomics.compareExchange(words, direction + CLAIM, me, 0);',
        by: 'Atomics.store(words, direction + CLAIM, 0);',
      },
      false,
    ],
    [
      'the close looks first and writes then',
      {
        replace:
          'if (Atomics.compareExchange(words, direction + CLAIM, word, next) === word) return !inCall;',
        by: 'Atomics.store(words, direction + CLAIM, next); return !inCall;',
      },
      false,
    ],
    [
      'the claim of a thread that ended in a call stays',
      { replace: 'if (word !== CLOSED && (word & ~3) === dead)', by: 'if (word === dead)' },
      true,
    ],
  ];
  test.each(mutations)('%s', (_what, mutation, mortal) => {
    expect(() => exploreClaims({ mutation, mortal })).toThrow('in this interleaving');
  });
});
