import {
  type Exploration,
  explore,
  forget,
  ghost,
  loadSteppable,
  type Scenario,
  type Script,
} from '@coaio/steppable';
import type * as Doorbell from '../../src/shared/doorbell.js';
import {
  ASLEEP,
  claimerOf,
  DEAD,
  DEATHS,
  HEADER,
  HOME,
  IDLE,
  NEXT,
  SCHEDULED,
  stateOf,
  TAG,
  tagOf,
  WOKEN,
  wordsOf,
} from '../../src/shared/layout.js';
import type * as WakeList from '../../src/shared/wake-list.js';

/** One line less, or another one, in the real source. */
export interface Mutation {
  readonly file: 'wake-list' | 'doorbell';
  readonly replace: string;
  readonly by: string;
}

/** Each explored state has its own memory: this only stands for it. */
export const words = new Int32Array(0);
export const HOME_THREAD = 3;

// The ghost: how often home may still be notified, the generation of each cell, the claims and turns of each, and who is in the list, in order.
const RINGS_LEFT = 0;
const CLAIMS = 8;
const TURNS = 16;
const LISTED = 24;
const CELLS = 8;

/** The real protocol, one atomic operation at a time, and what must hold in it. */
export function protocol(mutation?: Mutation) {
  const load = <Module>(file: Mutation['file']) =>
    loadSteppable<Module>(new URL(`../../src/shared/${file}.ts`, import.meta.url), {
      mutation: mutation?.file === file ? mutation : undefined,
    });
  const wakeList = load<typeof WakeList>('wake-list');
  const doorbell = load<typeof Doorbell>('doorbell');

  function* wake(cell: number, thread: number, generation = 0): Script {
    const outcome = yield* wakeList.claim(words, cell, generation, thread);
    if (outcome !== 'claimed') return;
    yield* ghost((state) => count(state, CLAIMS + cell));
    yield* doorbell.ring(words, yield* wakeList.pushWoken(words, cell, 0));
  }

  /** All whose turn has come. @param now what `turn`, and what follows, depend on besides the list */
  function* runWoken(turn: (cell: number) => Script, now: string | number = ''): Script {
    let cell = yield* wakeList.takeWoken(words, HOME_THREAD);
    while (cell !== 0) {
      yield* forget(`turn of ${cell}, ${now}`);
      const next = Number(yield ['load', words, wordsOf(cell) + NEXT]);
      yield* turn(cell);
      cell = next;
    }
  }

  function* rearmAndRun(cell: number): Script {
    yield* wakeList.rearm(words, cell, 0);
    yield* ghost((state) => count(state, TURNS + cell));
  }

  /** @param timeout of the sleep; none: it ends by the doorbell only */
  function* sleep(deathsSeen = 0, timeout?: number): Script {
    if (!(yield* doorbell.fallAsleep(words, HOME_THREAD, deathsSeen))) return;
    const times = timeout === undefined ? [] : [timeout];
    yield ['wait', words, wordsOf(HOME_THREAD) + ASLEEP, 1, ...times];
    yield* doorbell.wakeUp(words, HOME_THREAD);
  }

  return { ...wakeList, ...doorbell, wake, runWoken, rearmAndRun, sleep };
}

/** Those that a thread which has died had claimed, and had not pushed. After the list was taken. */
export function* lost(cells: readonly number[]): Script<number[]> {
  const found = [];
  for (const cell of cells) {
    const tag = Number(yield ['load', words, wordsOf(cell) + TAG]);
    if (stateOf(tag) !== SCHEDULED) continue;
    const claimer = Number(yield ['load', words, wordsOf(claimerOf(tag)) + TAG]);
    if (stateOf(claimer) === DEAD) found.push(cell);
  }
  return found;
}

type Wakes = Pick<Scenario, 'threads' | 'mayDie' | 'deaths' | 'maxStates'> & {
  readonly cells: readonly number[];
};

/** Home is the last of the threads that wake and are woken, and sleeps at the end; a sweeper may come behind it. */
export function exploreWakes({ cells, ...scenario }: Wakes, home = scenario.threads.length - 1): Exploration {
  const memory = new Int32Array(wordsOf(CELLS));
  for (const cell of cells) {
    memory[wordsOf(cell) + TAG] = tagOf(0, IDLE);
    memory[wordsOf(cell) + HOME] = HOME_THREAD;
  }
  for (const thread of [1, 2, HOME_THREAD]) memory[wordsOf(thread) + TAG] = tagOf(0, IDLE);
  const result = explore({
    ...scenario,
    memory,
    ghost: new Array<number>(LISTED).fill(0),
    mayStayAsleep: [home],
    watch(thread, [op, , ...args], result, state) {
      const [index, first, second] = args as number[];
      if (index === wordsOf(HOME_THREAD) + ASLEEP) {
        if (op === 'store' && first === 1) count(state, RINGS_LEFT);
        // A sweeper rings in any case.
        if (op === 'notify' && thread < home) count(state, RINGS_LEFT, -1);
        if ((state[RINGS_LEFT] as number) < 0) throw new Error('rung twice in one sleep');
      }
      if (index === wordsOf(HOME_THREAD) + WOKEN && op === 'compareExchange' && result === first) {
        state.push(second as number);
      }
    },
    atEnd({ memory, ghost: state }) {
      for (const cell of cells) {
        const [claims, turns] = [state[CLAIMS + cell], state[TURNS + cell]];
        if (claims !== turns) throw new Error(`cell ${cell}: ${claims} claims, ${turns} turns`);
      }
      if (memory[wordsOf(HOME_THREAD) + WOKEN] !== 0) throw new Error('home sleeps with work in its list');
    },
  });
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}

/** Whose turn has come must be the first of those that were pushed. */
export function* takesItsTurn(cell: number): Script {
  yield* ghost((state) => {
    const [first] = state.splice(LISTED, 1);
    if (first !== cell) throw new Error(`turn of ${cell}, but ${first} was pushed first`);
  });
}

function count(state: number[], index: number, by = 1): void {
  state[index] = (state[index] as number) + by;
}

/** What a thread does that notices the end of another. */
export function* sweep(
  ringForDeath: (words: Int32Array, thread: number) => Script<unknown>,
  dead: number,
): Script {
  yield ['store', words, wordsOf(dead) + TAG, tagOf(0, DEAD)];
  yield ['add', words, wordsOf(HEADER) + DEATHS, 1];
  yield* ringForDeath(words, HOME_THREAD);
}
