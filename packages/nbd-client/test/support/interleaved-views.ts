import {
  diesWhere,
  type Exploration,
  explore,
  forget,
  ghost,
  loadSteppable,
  type Script,
  takeWhenSet,
} from '@coaio/steppable';
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
const words = new Int32Array(0);
const VIEW = 0;
// Set by who rings home; by who rings the bell; 1: the view's thread has ended; the view is free; the next
// thread has had its answer.
const RUNG = wordsOfView(1);
const BELL = RUNG + 1;
const DEAD = RUNG + 2;
const FREED = RUNG + 3;
const OVER = RUNG + 4;

const CLOSED = -1;

// The ghost, by slot: whose turn it is, and in whose hands the memory of the request is.
const FREE = 0;
const SUBMITTED = 1;
const TAKEN = 2;
const ANSWERED = 3;

function load(variant: Variant) {
  const at = (name: string) => new URL(`../../src/any-thread/${name}.ts`, import.meta.url);
  const mutationOf = (name: string) => (variant.mutation?.file === name ? variant.mutation : undefined);
  return {
    holders: loadSteppable<typeof Holders>(at('holders'), { mutation: mutationOf('holders') }),
    lists: loadSteppable<typeof Lists>(at('request-lists'), { mutation: mutationOf('request-lists') }),
  };
}

function turn(slot: number, from: number, to: number): Script {
  return ghost((state) => {
    if (state[slot] !== from) throw new Error(`slot ${slot} is ${state[slot]}, not ${from}`);
    state[slot] = to;
  });
}

function print(result: Exploration): Exploration {
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}

/** There is but one view: the others stay as they are. */
function memory(holder: number, others: number): Int32Array {
  const shared = new Int32Array(OVER + 1);
  shared.fill(others, HOLDERS + 1, HOLDERS + MAX_VIEWS);
  shared[HOLDERS] = holder;
  return shared;
}

/**
 * A view asks for two things and gives the first up, which home keeps for so long. Then it asks for a third in a slot that it has used.
 */
export function exploreCalls(variant: Variant = {}): Exploration {
  const { lists } = load(variant);

  function* ask(slot: number): Script {
    yield* turn(slot, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, slot);
    yield* callHome();
  }

  function* callHome(): Script {
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* view(): Script {
    yield* ask(0);
    yield* ask(1);
    yield* lists.askToAbort(words, VIEW, 0);
    yield* callHome();
    let taken = 0;
    let asked = 2;
    while (taken < asked) {
      const answer = yield* lists.nextAnswer(words, VIEW, taken);
      if (answer < 0) {
        yield* takeWhenSet(words, BELL);
        continue;
      }
      taken++;
      yield* turn(answer >> 1, ANSWERED, FREE);
      if (asked === 3) continue;
      asked = 3;
      yield* ask(answer >> 1);
    }
  }

  function* reply(slot: number): Script {
    yield* turn(slot, TAKEN, ANSWERED);
    yield* lists.answer(words, VIEW, slot, 0);
    yield ['store', words, BELL, 1];
  }

  function* home(): Script {
    let taken = 0;
    let kept = false;
    const replies: number[] = [];
    function* giveUp(): Script {
      if (!(yield* lists.takeAborts(words, VIEW)) || !kept) return;
      if (!(yield* lists.isToAbort(words, VIEW, 0))) return;
      kept = false;
      replies.push(0);
    }
    function* take(): Script {
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) return;
        yield* turn(slot, SUBMITTED, TAKEN);
        if (taken === 0) kept = true;
        else replies.push(slot);
        taken++;
      }
    }
    for (let answered = 0; answered < 3; ) {
      yield* takeWhenSet(words, RUNG);
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      if (variant.looksAtAbortsAtOnce === true) {
        yield* giveUp();
        yield* take();
      } else {
        const toAbort = yield* lists.takeAborts(words, VIEW);
        yield* take();
        if (toAbort && kept && (yield* lists.isToAbort(words, VIEW, 0))) {
          kept = false;
          replies.push(0);
        }
      }
      for (const slot of replies.splice(0)) {
        yield* reply(slot);
        answered++;
      }
    }
  }

  return print(
    explore({
      memory: memory(4, 4),
      ghost: [FREE, FREE],
      threads: [view, home],
    }),
  );
}

/** The thread of a view ends anywhere. The next that gets the view gets its own answers, and no others. */
export function exploreDeath(variant: Variant = {}): Exploration {
  const { lists, holders } = load(variant);

  function* call(slot: number): Script {
    yield* turn(slot, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, slot);
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* answered(slot: number, taken: number): Script {
    for (;;) {
      const answer = yield* lists.nextAnswer(words, VIEW, taken);
      if (answer >= 0) break;
      yield* takeWhenSet(words, BELL);
    }
    yield* turn(slot, ANSWERED, FREE);
  }

  /** It ends at the latest with its second call under way. */
  function* mortal(): Script {
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* call(0);
    yield* answered(0, taken);
    yield* call(1);
    yield* tellOfEnd();
  }

  function* tellOfEnd(): Script {
    yield ['store', words, DEAD, 1];
    yield ['store', words, RUNG, 1];
  }

  function* undertaker(): Script {
    yield* diesWhere(1);
    yield* tellOfEnd();
  }

  function* heir(): Script {
    yield* takeWhenSet(words, FREED);
    if ((yield* holders.takeView(words, 8)) !== VIEW) throw new Error('the view is not free');
    yield* ghost((state) => {
      if (state.includes(TAKEN)) throw new Error('the view was given away with a request under way');
      state.fill(FREE);
    });
    yield* forget('has the view');
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* call(0);
    yield* answered(0, taken);
    yield ['store', words, OVER, 1];
    yield ['store', words, RUNG, 1];
  }

  function* home(): Script {
    let taken = 0;
    let served = 0;
    const underWay: number[] = [];
    let isFreed = false;
    for (;;) {
      yield* takeWhenSet(words, RUNG);
      if ((yield ['load', words, OVER]) === 1) return;
      if ((yield ['load', words, DEAD]) === 1 && !isFreed) {
        isFreed = true;
        if (variant.freesTooSoon !== true) for (const slot of underWay) yield* turn(slot, TAKEN, FREE);
        taken = yield* lists.skipSubmissions(words, VIEW);
        yield* holders.letGoOfView(words, VIEW);
        yield ['store', words, FREED, 1];
      }
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) break;
        taken++;
        yield* turn(slot, SUBMITTED, TAKEN);
        // The second takes for ever.
        if (++served === 2 && !isFreed) underWay.push(slot);
        else yield* reply(slot);
      }
    }
  }

  function* reply(slot: number): Script {
    yield* turn(slot, TAKEN, ANSWERED);
    yield* lists.answer(words, VIEW, slot, 0);
    yield ['store', words, BELL, 1];
  }

  return print(
    explore({
      memory: memory(4, 4),
      ghost: [FREE, FREE],
      threads: [mortal, undertaker, heir, home],
      mayDie: [0],
    }),
  );
}

/** The client closes while two threads attach: who gets the view gets its answer, and nobody gets one afterwards. */
export function exploreClose(variant: Variant = {}): Exploration {
  const { lists, holders } = load(variant);

  function* viewer(me: number): Script {
    if ((yield* holders.takeView(words, me)) !== VIEW) return;
    const taken = yield* lists.skipAnswers(words, VIEW);
    yield* turn(0, FREE, SUBMITTED);
    yield* lists.submit(words, VIEW, 0);
    yield* lists.call(words, VIEW);
    yield ['store', words, RUNG, 1];
    while ((yield* lists.nextAnswer(words, VIEW, taken)) < 0) yield* takeWhenSet(words, BELL);
    yield* turn(0, ANSWERED, FREE);
    yield* holders.letGoOfView(words, VIEW);
    yield ['store', words, RUNG, 1];
  }

  function* home(): Script {
    let taken = 0;
    while (!(yield* holders.closeViews(words))) {
      yield* takeWhenSet(words, RUNG);
      if (((yield* lists.takeCalls(words, 0)) & 1) === 0) continue;
      for (;;) {
        const slot = yield* lists.nextSubmission(words, VIEW, taken);
        if (slot < 0) break;
        taken++;
        yield* turn(slot, SUBMITTED, TAKEN);
        yield* turn(slot, TAKEN, ANSWERED);
        yield* lists.answer(words, VIEW, slot, 0);
        yield ['store', words, BELL, 1];
      }
    }
  }

  return print(
    explore({
      memory: memory(0, CLOSED),
      ghost: [FREE],
      threads: [() => viewer(4), () => viewer(8), home],
      atEnd({ memory: [holder] }) {
        if (holder !== CLOSED) throw new Error(`at the end the view is ${holder}'s`);
      },
    }),
  );
}
