import { DEAD, HOME, IDLE, stateOf, TAG, tagOf, wordsOf } from '@coaio/aio-context/shared';
import {
  diesWhere,
  type Exploration,
  explore,
  forget,
  ghost,
  loadSteppable,
  type Scenario,
  type Script,
  type Step,
  takeWhenSet,
} from '@coaio/steppable';
import type * as HandOff from '../../src/shared/hand-off.js';
import {
  ABANDONED,
  BROKEN,
  CHOSEN,
  HANDED_OFF,
  holderOf,
  LINE,
  LOCK_WORD,
  lockWord,
  PUSHED,
  THREAD_TAG,
  WAIT_STATE,
  WAITING,
} from '../../src/shared/layout.js';

/** Another text in the real source. */
export interface Mutation {
  readonly replace: string;
  readonly by: string;
}

/** Each explored state has its own memory: this only stands for it. */
const words = new Int32Array(0);
const THREADS = [1, 2, 3];
const MUTEX = 5;
const CELLS = 12;
/** Set by whoever wakes a thread. The wake itself is proved in aio-context. */
const WOKEN_FLAG = 5;

// The ghost: who is inside; from LISTED on, who stands in line.
const INSIDE = 0;
const LISTED = 1;

/** The real lock, one atomic operation at a time. `tells`: whoever finds that it has broken the lock tells all. */
export function lockers(mutation?: Mutation, tells = true) {
  const file = new URL('../../src/shared/hand-off.ts', import.meta.url);
  const shared = new URL('../../../aio-context/src/shared/layout.ts', import.meta.url);
  const lock = loadSteppable<typeof HandOff>(file, {
    mutation,
    from: { '@coaio/aio-context/shared': shared },
  });

  function* wake(waiter: number): Script {
    if (waiter === 0) return;
    const home = yield* load(wordsOf(waiter) + HOME);
    yield ['store', words, wordsOf(home) + WOKEN_FLAG, 1];
    if (tells && (yield* load(wordsOf(MUTEX) + LOCK_WORD)) === BROKEN) yield* tellAll();
  }

  function* tellAll(): Script {
    for (const thread of THREADS) yield ['store', words, wordsOf(thread) + WOKEN_FLAG, 1];
  }

  /** @returns the waiter's cell if it has to wait */
  function* begin(thread: number, waiter: number): Script<'taken' | 'broken' | 'waits'> {
    if (yield* lock.tryTake(words, MUTEX, thread)) return 'taken';
    const outcome = yield* lock.takeOrAnnounce(words, MUTEX, thread);
    if (outcome !== 'announced') return outcome;
    yield ['store', words, wordsOf(waiter) + WAIT_STATE, WAITING];
    const toWake = yield* lock.lineUp(words, MUTEX, waiter, thread);
    if (toWake === waiter) return 'taken';
    yield* wake(toWake);
    return 'waits';
  }

  function* end(thread: number, waiter: number, looksAgain: boolean): Script<'taken' | 'broken'> {
    for (;;) {
      yield* forget(`${waiter} waits`);
      if (yield* lock.hasLock(words, MUTEX, waiter, thread)) return 'taken';
      if ((yield* load(wordsOf(MUTEX) + LOCK_WORD)) === BROKEN) return 'broken';
      if (looksAgain) {
        const toWake = yield* lock.lookAgain(words, MUTEX, thread);
        if (toWake === waiter) return 'taken';
        yield* wake(toWake);
      }
      yield* takeWhenSet(words, wordsOf(thread) + WOKEN_FLAG);
    }
  }

  /** What the lock is for. */
  function* useAndRelease(thread: number, now: string): Script {
    yield* ghost((state) => {
      if (state[INSIDE] !== 0) throw new Error(`${thread} is inside beside ${state[INSIDE]}`);
      state[INSIDE] = thread;
    });
    yield* forget(now);
    yield ['add', words, wordsOf(MUTEX) + 15, 1];
    yield* ghost((state) => {
      state[INSIDE] = 0;
    });
    yield* wake(yield* lock.release(words, MUTEX, thread));
  }

  /** Locks and unlocks `times`. */
  function* locker(thread: number, times = 1, looksAgain = false): Script {
    const waiter = MUTEX + thread;
    for (let time = 0; time < times; time++) {
      yield* forget(time);
      let outcome = yield* begin(thread, waiter);
      if (outcome === 'waits') outcome = yield* end(thread, waiter, looksAgain);
      if (outcome === 'broken') return;
      yield* useAndRelease(thread, `inside ${time}`);
    }
  }

  /** Has the lock from the start on. See `heldBy`. */
  function* holder(thread: number): Script {
    yield* useAndRelease(thread, 'inside');
  }

  /** Gives its wait up as soon as it waits. If it has been chosen in that moment, it takes the lock. */
  function* quitter(thread: number): Script {
    const waiter = MUTEX + thread;
    let outcome = yield* begin(thread, waiter);
    if (outcome === 'waits' && (yield* lock.giveUp(words, waiter))) return;
    if (outcome === 'waits') outcome = yield* end(thread, waiter, false);
    yield* useAndRelease(thread, 'inside');
  }

  /** Notices `deaths`, and tells. `all`: looks for locks of all that have died so far, not of the last one only. */
  function* sweeper(deaths: number, all = true): Script {
    const dead: number[] = [];
    for (let nth = 1; nth <= deaths; nth++) {
      const died = (yield* diesWhere(nth)) + 1;
      dead.push(died);
      yield ['store', words, wordsOf(died) + TAG, tagOf(0, DEAD)];
      for (const thread of all ? dead : [died]) yield* lock.breakIfHeldBy(words, MUTEX, thread);
      yield* tellAll();
    }
  }

  return { holder, locker, quitter, sweeper };
}

/** @param heldBy the thread that has the lock from the start on; 0: none */
export function exploreLocks(
  scenario: Pick<Scenario, 'threads' | 'mayDie' | 'deaths'>,
  heldBy = 0,
): Exploration {
  const memory = new Int32Array(wordsOf(CELLS));
  for (const thread of THREADS) {
    memory[wordsOf(thread) + TAG] = tagOf(0, IDLE);
    memory[wordsOf(MUTEX + thread) + HOME] = thread;
    memory[wordsOf(MUTEX + thread) + THREAD_TAG] = tagOf(0, IDLE);
  }
  memory[wordsOf(MUTEX) + LOCK_WORD] = lockWord(heldBy, 0);
  const result = explore({
    ...scenario,
    memory,
    ghost: [0],
    watch: (_thread, step, result, state, memory) => watchTheLine(step, result, state, memory),
    atEnd({ memory, ghost: [inside], died }) {
      const at = wordsOf(MUTEX);
      const word = memory[at + LOCK_WORD] as number;
      const isFree = word === 0 && memory[at + PUSHED] === 0 && memory[at + LINE] === 0;
      const mayBe = word === BROKEN || holderOf(word) === HANDED_OFF || isFree;
      if (died.length > 0 ? !mayBe : !isFree) throw new Error(`at the end the word is ${word}`);
      if (word !== BROKEN && inside !== 0) throw new Error(`${inside} died inside, and nobody was told`);
    },
  });
  process.stdout.write(`${result.interleavings} interleavings, all explored as ${result.states} states\n`);
  return result;
}

/** Who is chosen must be the first of those in line who have not given up and whose threads live. */
function watchTheLine([op, , ...args]: Step, result: unknown, state: number[], memory: Int32Array): void {
  const [index, expected, wanted] = args as [number, number, number];
  if (op !== 'compareExchange' || result !== expected) return;
  if (index === wordsOf(MUTEX) + PUSHED) state.push(wanted);
  const waiter = index >> 4;
  if (waiter <= MUTEX || index !== wordsOf(waiter) + WAIT_STATE) return;
  const place = state.indexOf(waiter, LISTED);
  if (wanted === ABANDONED) state.splice(place, 1);
  if (wanted !== CHOSEN) return;
  const [...before] = state.splice(LISTED, place - LISTED + 1);
  before.pop();
  for (const other of before) {
    const isAlive = stateOf(memory[wordsOf(other - MUTEX) + TAG] as number) === IDLE;
    if (isAlive) throw new Error(`${waiter} has it before ${other}, who came first`);
  }
}

function* load(index: number): Script<number> {
  return Number(yield ['load', words, index]);
}
