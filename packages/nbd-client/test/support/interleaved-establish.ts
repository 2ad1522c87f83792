import {
  diesWhere,
  type Exploration,
  explore,
  forget,
  ghost,
  loadSteppable,
  type Script,
} from '@coaio/steppable';
import type * as ConnectWord from '../../src/establish/connect-word.js';
import { CONNECT_WORD } from '../../src/establish/layout.js';

/** Another text in the real source. */
export interface Mutation {
  readonly replace: string;
  readonly by: string;
}

export interface EstablishScenario {
  /** Each in a thread of its own, until it has a connection. */
  readonly waiters: readonly ('patient' | 'gives up once')[];
  readonly cancel?: boolean;
  readonly release?: boolean;
  /** How the attempts end, one after another; default: the first succeeds. */
  readonly attempts?: readonly ('fails' | 'succeeds')[];
  /** Whose thread may end anywhere: the first waiter's, or that of who cancels. */
  readonly mortal?: 'waiter' | 'canceller';
  readonly mutation?: Mutation | undefined;
}

/** Each explored state has its own memory: this only stands for it. */
const words = new Int32Array(0);
const HOME_RUNG = 1;
// For each seat, of those from 2 on: its bell, and whether it was told the outcome.
const bellOf = (seat: number): number => 16 * seat;
const toldOf = (seat: number): number => 16 * seat + 1;

// The ghost: what became of results, and for each seat how many waits there were, and how many of them somebody has ended.
const MADE = 0;
const ADOPTED = 1;
const DISCARDED = 2;
const STARTED = 3;
const WAITS = 8;
const ENDED = 16;

function add(index: number): Script {
  return ghost((state) => {
    state[index] = (state[index] as number) + 1;
  });
}

/** The connection's thread, waiters in others, one that cancels and one that releases: in every order. */
export function exploreEstablish(scenario: EstablishScenario): Exploration {
  const { waiters, cancel = false, release = false, attempts = ['succeeds'], mortal } = scenario;
  const file = new URL('../../src/establish/connect-word.ts', import.meta.url);
  const connect = loadSteppable<typeof ConnectWord>(file, { mutation: scenario.mutation });
  const { HANDED, RELEASED, RUNNING, SUCCEEDED, stateOf, waitCoOf } =
    connect as unknown as typeof ConnectWord;

  function* ringHome(): Script {
    yield ['store', words, HOME_RUNG, 1];
    yield ['notify', words, HOME_RUNG];
  }

  function* ringWaiter(seat: number): Script {
    if (seat === 0) return;
    yield* add(ENDED + seat);
    yield ['store', words, bellOf(seat), 1];
  }

  /** As the connection's thread does it: attempts end while it looks, which in any order with the others is at any time. */
  function* home(): Script {
    let made = 0;
    for (;;) {
      yield* forget(`waits, ${made} made`);
      if ((yield ['exchange', words, HOME_RUNG, 0]) === 0) {
        yield ['wait', words, HOME_RUNG, 0];
        continue;
      }
      if (stateOf(Number(yield ['load', words, CONNECT_WORD])) === RUNNING) {
        const succeeds = (attempts[made] ?? 'succeeds') === 'succeeds';
        made++;
        yield* add(STARTED);
        if (succeeds) yield* add(MADE);
        if (!(yield* connect.finish(words, succeeds)) && succeeds) yield* add(DISCARDED);
      }
      if ((yield* connect.takeLeft(words)) && (attempts[made - 1] ?? 'succeeds') === 'succeeds')
        yield* add(DISCARDED);
      const seat = yield* connect.handOver(words);
      if (seat === 0) continue;
      yield* add(ENDED + seat);
      yield ['store', words, toldOf(seat), (attempts[made - 1] ?? 'succeeds') === 'succeeds' ? 1 : 2];
      yield ['store', words, bellOf(seat), 1];
    }
  }

  /** One wait. @returns how it ended. */
  function* establish(seat: number, givesUp: boolean): Script<string> {
    const begun = yield* connect.beginEstablish(words, seat, true);
    if (begun !== 'waits') return begun;
    yield* add(WAITS + seat);
    yield* ringHome();
    if (givesUp && (yield* connect.giveUp(words, seat))) {
      yield* add(ENDED + seat);
      return 'gave up';
    }
    for (;;) {
      const word = Number(yield ['load', words, CONNECT_WORD]);
      if (waitCoOf(word) !== seat) return stateOf(word) >= RELEASED ? 'released' : 'cancelled';
      if (stateOf(word) === HANDED) {
        const told = Number(yield ['load', words, toldOf(seat)]);
        if (told !== 0) {
          if (!(yield* connect.takeOutcome(words, seat))) continue;
          if (told === 1) yield* add(ADOPTED);
          yield ['store', words, toldOf(seat), 0];
          yield* ringHome();
          return told === 1 ? 'adopted' : 'failed';
        }
      }
      yield* forget(`sleeps ${givesUp}`);
      yield ['takeWhenSet', words, bellOf(seat)];
    }
  }

  function* waiter(seat: number, kind: 'patient' | 'gives up once'): Script {
    let givesUp = kind === 'gives up once';
    for (;;) {
      const end = yield* establish(seat, givesUp);
      if (end !== 'busy') {
        yield* ghost((state) => {
          if (state[WAITS + seat] !== state[ENDED + seat])
            throw new Error(`${state[WAITS + seat]} waits, ${state[ENDED + seat]} ended`);
        });
      }
      if (end === 'adopted' || end === 'released' || end === 'busy') return;
      givesUp = false;
      yield* forget(`again after ${end}`);
    }
  }

  function* canceller(): Script {
    yield* ringWaiter(yield* connect.endWait(words));
  }

  function* releaser(): Script {
    yield* ringWaiter(yield* connect.release(words));
    yield* ringHome();
  }

  /** What the connection's thread does with a death, here on its own. */
  function* undertaker(): Script {
    const dead = yield* diesWhere(1);
    if (dead === 1) yield* connect.dropWaiter(words, 2, true);
    yield* ringHome();
    // And what every waiter does: it looks.
    for (const index of waiters.keys()) yield ['store', words, bellOf(index + 2), 1];
  }

  const threads: (() => Script)[] = [home, ...waiters.map((kind, index) => () => waiter(index + 2, kind))];
  if (cancel) threads.push(canceller);
  if (release) threads.push(releaser);
  if (mortal !== undefined) threads.push(undertaker);
  const result = explore({
    memory: new Int32Array(80),
    ghost: Array.from({ length: 24 }, () => 0),
    threads,
    mayDie: mortal === 'waiter' ? [1] : mortal === 'canceller' ? [1 + waiters.length] : [],
    mayStayAsleep: [0],
    atEnd({ memory, ghost: state, died }) {
      const word = memory[CONNECT_WORD] as number;
      if (release && stateOf(word) !== RELEASED)
        throw new Error(`released, and then in state ${stateOf(word)}`);
      const stays = stateOf(word) === SUCCEEDED ? 1 : 0;
      const owned = (state[ADOPTED] as number) + (state[DISCARDED] as number) + stays;
      if (owned !== state[MADE]) throw new Error(`${state[MADE]} results made, ${owned} accounted for`);
      if (waitCoOf(word) !== 0) throw new Error('somebody waits');
      for (const [index] of waiters.entries()) {
        const seat = index + 2;
        if (state[WAITS + seat] !== state[ENDED + seat] && !died.includes(1 + index))
          throw new Error(`seat ${seat}: ${state[WAITS + seat]} waits, ${state[ENDED + seat]} ended`);
      }
    },
  });
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}
