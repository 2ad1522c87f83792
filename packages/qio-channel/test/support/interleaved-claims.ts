import {
  diesWhere,
  type Exploration,
  explore,
  forget,
  ghost,
  loadSteppable,
  type Script,
} from '@coaio/steppable';
import type * as Claim from '../../src/shared/claim.js';
import { CLAIM, OUT } from '../../src/shared/layout.js';

/** Another text in the real source. */
export interface Mutation {
  readonly replace: string;
  readonly by: string;
}

/** Each explored state has its own memory: this only stands for it. */
const words = new Int32Array(0);
/** Set by whoever rings the channel's thread. */
const RUNG = 0;
/** Touched by a call, and by the close. */
const NUMBER = OUT + 15;

// The ghost: whether the number is the channel's, how often it was closed, and who has the direction.
const IS_OPEN = 0;
const CLOSES = 1;
const INSIDE = 2;

const holder = (thread: number): number => (thread + 1) << 2;

/** Two threads write to the descriptor, and the channel's thread closes it. With `mortal` the first may end between any two steps. */
export function exploreClaims({ mutation, mortal }: { mutation?: Mutation; mortal: boolean }): Exploration {
  const file = new URL('../../src/shared/claim.ts', import.meta.url);
  const claim = loadSteppable<typeof Claim>(file, { mutation });

  function* writer(thread: number): Script {
    const me = holder(thread);
    if ((yield* claim.takeClaim(words, OUT, me)) !== 'taken') return;
    yield* ghost((state) => {
      if (state[INSIDE] !== 0 && !(mortal && state[INSIDE] === 1)) throw new Error('two have the direction');
      state[INSIDE] = thread + 1;
    });
    yield* forget('taken');
    if (yield* claim.enterCall(words, OUT, me)) {
      yield ['load', words, NUMBER];
      yield* ghost((state) => {
        if (state[IS_OPEN] !== 1) throw new Error('a call on a number that is another file’s');
      });
      yield* forget('called');
      if (!(yield* claim.leaveCall(words, OUT, me))) yield ['store', words, RUNG, 1];
    }
    yield* forget('left');
    yield* ghost((state) => {
      state[INSIDE] = 0;
    });
    yield* claim.releaseClaim(words, OUT, me);
  }

  function* close(): Script<boolean> {
    if (!(yield* claim.closeClaim(words, OUT))) return false;
    yield* ghost((state) => {
      state[IS_OPEN] = 0;
      state[CLOSES] = (state[CLOSES] as number) + 1;
    });
    yield ['store', words, NUMBER, 1];
    return true;
  }

  function* owner(): Script {
    let closed = yield* close();
    if (mortal) {
      // It hears of the death, or of the end of a call.
      while (!closed) {
        yield* forget('waits');
        yield ['takeWhenSet', words, RUNG];
        closed = yield* close();
      }
      return;
    }
    if (closed) return;
    yield* forget('waits');
    yield ['takeWhenSet', words, RUNG];
    if (!(yield* close())) throw new Error('told, and not free to close');
  }

  /** What the channel's thread does with a death, here on its own. */
  function* undertaker(): Script {
    const dead = yield* diesWhere(1);
    yield* claim.closeClaimOfDead(words, OUT, holder(dead));
    yield ['store', words, RUNG, 1];
  }

  const memory = new Int32Array(96);
  const result = explore({
    memory,
    ghost: [1, 0, 0],
    threads: [() => writer(0), () => writer(1), owner, ...(mortal ? [undertaker] : [])],
    mayDie: mortal ? [0] : [],
    atEnd({ memory, ghost: [, closes] }) {
      if (closes !== 1) throw new Error(`closed ${closes} times`);
      if (memory[OUT + CLAIM] !== -1) throw new Error(`at the end the claim is ${memory[OUT + CLAIM]}`);
    },
  });
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}
