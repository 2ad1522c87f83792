import { describe, expect, test, vi } from 'vitest';
import { type EstablishScenario, exploreEstablish, type Mutation } from './support/interleaved-establish.js';

// Many steps: on a loaded machine more than the usual limit.
vi.setConfig({ testTimeout: 300_000 });

const scenarios: Record<string, EstablishScenario> = {
  'a wait that is cancelled, and the next one adopts': { waiters: ['patient'], cancel: true },
  'finish, cancel and release': { waiters: ['patient'], cancel: true, release: true },
  'the same with a first attempt that fails': {
    waiters: ['patient'],
    cancel: true,
    release: true,
    attempts: ['fails', 'succeeds'],
  },
  'a waiter that gives up': { waiters: ['gives up once'], cancel: true, release: true },
  'two that want to wait': { waiters: ['gives up once', 'patient'], cancel: true },
  'two, and a release': { waiters: ['patient', 'patient'], release: true },
  'a waiter whose thread ends anywhere': { waiters: ['patient', 'patient'], mortal: 'waiter' },
  'one that cancels, and ends anywhere': { waiters: ['patient'], cancel: true, mortal: 'canceller' },
};

test.each(Object.entries(scenarios))(
  '%s: one wake for each wait, one owner for each result',
  (_what, scenario) => {
    expect(exploreEstablish(scenario).interleavings).toBeGreaterThan(20n);
  },
);

describe('the exploration fails if', () => {
  const release = scenarios['finish, cancel and release'] as EstablishScenario;
  const two = scenarios['two that want to wait'] as EstablishScenario;
  const mortal = scenarios['a waiter whose thread ends anywhere'] as EstablishScenario;
  const mutations: [string, Mutation, EstablishScenario][] = [
    [
      'the end of the attempt forgets the waiter',
      {
        replace: 'wordOf(succeeded ? SUCCEEDED : FAILED, waitCoOf(seen))',
        by: 'wordOf(succeeded ? SUCCEEDED : FAILED, 0)',
      },
      release,
    ],
    [
      'the end of the attempt overwrites a release',
      { replace: 'if (stateOf(seen) >= RELEASED) return false;', by: '' },
      release,
    ],
    [
      'cancel ends a wait that has its outcome',
      {
        replace: 'if (waitCo === 0 || stateOf(seen) === HANDED) return 0;',
        by: 'if (waitCo === 0) return 0;',
      },
      release,
    ],
    [
      'cancel looks first and writes then',
      {
        replace:
          'if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(stateOf(seen), 0)) === seen) return waitCo;',
        by: 'Atomics.store(words, CONNECT_WORD, wordOf(stateOf(seen), 0)); return waitCo;',
      },
      release,
    ],
    [
      'the hand-over looks first and writes then',
      {
        replace:
          'if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(HANDED, waitCo)) === seen) return waitCo;',
        by: 'Atomics.store(words, CONNECT_WORD, wordOf(HANDED, waitCo)); return waitCo;',
      },
      release,
    ],
    [
      'the outcome is taken without a look',
      {
        replace: 'return Atomics.compareExchange(words, CONNECT_WORD, handed, IDLE) === handed;',
        by: 'Atomics.store(words, CONNECT_WORD, IDLE); return handed !== 0;',
      },
      release,
    ],
    [
      'release forgets a result that was handed over',
      { replace: 'state === SUCCEEDED || state === HANDED ? LEFT', by: 'state === SUCCEEDED ? LEFT' },
      release,
    ],
    [
      'release forgets a result that nobody waits for',
      { replace: 'state === SUCCEEDED || state === HANDED ? LEFT', by: 'state === HANDED ? LEFT' },
      release,
    ],
    [
      'release wakes one that was woken already',
      { replace: 'return state === HANDED ? 0 : waitCoOf(seen);', by: 'return waitCoOf(seen);' },
      release,
    ],
    [
      'release does not wake',
      { replace: 'return state === HANDED ? 0 : waitCoOf(seen);', by: 'return 0;' },
      release,
    ],
    [
      'a second waiter takes the place of the first',
      { replace: "if (waitCoOf(seen) !== 0) return blocking ? 'busy' : 'nothing';", by: '' },
      two,
    ],
    [
      'who gives up ends the wait of another',
      {
        replace: 'if (waitCoOf(seen) !== seat || stateOf(seen) === HANDED) return false;',
        by: 'if (stateOf(seen) === HANDED) return false;',
      },
      two,
    ],
    [
      'a wait outlives its thread',
      { replace: 'if (waitCoOf(seen) !== seat) return;', by: 'return;' },
      mortal,
    ],
    [
      'what a dead thread was given is lost',
      {
        replace: 'state !== HANDED ? state : succeeded ? SUCCEEDED : FAILED',
        by: 'state !== HANDED ? state : IDLE',
      },
      mortal,
    ],
  ];
  test.each(mutations)('%s', (_what, mutation, scenario) => {
    expect(() => exploreEstablish({ ...scenario, mutation })).toThrow('in this interleaving');
  });
});
