import { type Exploration, ghost, loadSteppable, type Script } from '@coaio/steppable';
import type * as Holders from '../../src/any-thread/holders.js';
import { HOLDERS, MAX_VIEWS, wordsOfView } from '../../src/any-thread/layout.js';
import type * as Lists from '../../src/any-thread/request-lists.js';

/** Another text in one of the real sources. */
export interface Mutation {
  readonly file: 'holders' | 'request-lists';
  readonly replace: string;
  readonly by: string;
}

export interface Variant {
  readonly mutation?: Mutation | undefined;
  /** A bug of the caller's: home looks for what is to be aborted before it takes what was submitted. */
  readonly looksAtAbortsAtOnce?: boolean;
  /** A bug of the caller's: home gives the view of a thread that has ended away with a request of it under way. */
  readonly freesTooSoon?: boolean;
}

/** Each explored state has its own memory: this only stands for it. */
export const words = new Int32Array(0);
export const VIEW = 0;
// Set by who rings home; by who rings the bell; 1: the view's thread has ended; the view is free; the next
// thread has had its answer.
export const RUNG = wordsOfView(1);
export const BELL = RUNG + 1;
export const DEAD = RUNG + 2;
export const FREED = RUNG + 3;
export const OVER = RUNG + 4;

export const CLOSED = -1;

// The ghost, by slot: whose turn it is, and in whose hands the memory of the request is.
export const FREE = 0;
export const SUBMITTED = 1;
export const TAKEN = 2;
export const ANSWERED = 3;

export function load(variant: Variant) {
  const at = (name: string) => new URL(`../../src/any-thread/${name}.ts`, import.meta.url);
  const mutationOf = (name: string) => (variant.mutation?.file === name ? variant.mutation : undefined);
  return {
    holders: loadSteppable<typeof Holders>(at('holders'), { mutation: mutationOf('holders') }),
    lists: loadSteppable<typeof Lists>(at('request-lists'), { mutation: mutationOf('request-lists') }),
  };
}

export function turn(slot: number, from: number, to: number): Script {
  return ghost((state) => {
    if (state[slot] !== from) throw new Error(`slot ${slot} is ${state[slot]}, not ${from}`);
    state[slot] = to;
  });
}

export function print(result: Exploration): Exploration {
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}

/** There is but one view: the others stay as they are. */
export function memory(holder: number, others: number): Int32Array {
  const shared = new Int32Array(OVER + 1);
  shared.fill(others, HOLDERS + 1, HOLDERS + MAX_VIEWS);
  shared[HOLDERS] = holder;
  return shared;
}
