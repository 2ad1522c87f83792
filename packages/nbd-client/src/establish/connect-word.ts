// What the connection is up to, and who waits for it (`waitCo`, a seat): one word, `waitCo << 3 | state`, which only these functions write. It
// stands for the mutex of QEMU's NBDClientConnection, and what is done under that: each critical section is one compareExchange, so a thread
// that ends leaves none half done.
//
//   IDLE                nothing is under way, nothing is there
//   RUNNING             the attempt runs, or its thread was rung to start it
//   SUCCEEDED, FAILED   it has ended, and nobody has got what came of it
//   HANDED              what came of it is the waiter's: cancel comes too late
//   RELEASED            for good
//   LEFT                the same, and what came of the attempt is the connection's thread's to discard
//
//                 establish           finish               handOver   takeOutcome   endWait,      release
//                                                                                 giveUp
//   IDLE          RUNNING                                                                         RELEASED
//   RUNNING       RUNNING, waiter     SUCCEEDED, FAILED                             no waiter     RELEASED
//   SUCCEEDED     SUCCEEDED, waiter                        HANDED                   no waiter     LEFT
//   FAILED        RUNNING, waiter                          HANDED                   no waiter     RELEASED
//   HANDED                                                            IDLE                        LEFT
//
// Whoever takes the waiter out, or hands the outcome over, is the one who wakes it, after that.
import { CONNECT_WORD } from './layout.js';

export const IDLE = 0;
export const RUNNING = 1;
export const SUCCEEDED = 2;
export const FAILED = 3;
export const HANDED = 4;
export const RELEASED = 5;
export const LEFT = 6;

const STATE_BITS = 3;
const STATE_MASK = 7;

export function stateOf(word: number): number {
  return word & STATE_MASK;
}

/** The seat of who waits; 0 = nobody. */
export function waitCoOf(word: number): number {
  return word >>> STATE_BITS;
}

function wordOf(state: number, waitCo: number): number {
  return (waitCo << STATE_BITS) | state;
}

/** What an establish comes to; `nothing`: it does not block, and there is nothing to wait for. */
export type Begun = 'waits' | 'nothing' | 'busy' | 'released';

/** By any thread, which sits in `seat`: makes it the waiter. The connection's thread must look then. */
export function beginEstablish(words: Int32Array, seat: number, blocking: boolean): Begun {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    const state = stateOf(seen);
    if (state >= RELEASED) return 'released';
    if (waitCoOf(seen) !== 0) return blocking ? 'busy' : 'nothing';
    const isOver = state === SUCCEEDED || state === FAILED;
    const starts = state === IDLE || (state === FAILED && blocking);
    const waits = blocking || isOver;
    const next = wordOf(starts ? RUNNING : state, waits ? seat : 0);
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, next) === seen) return waits ? 'waits' : 'nothing';
  }
}

/** By any thread: an attempt that nobody waits for. @returns whether the connection's thread must look. */
export function startAgain(words: Int32Array): boolean {
  return Atomics.compareExchange(words, CONNECT_WORD, IDLE, RUNNING) === IDLE;
}

/** By the connection's thread: its attempt has ended. @returns false: the connection was released. */
export function finish(words: Int32Array, succeeded: boolean): boolean {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    if (stateOf(seen) >= RELEASED) return false;
    const next = wordOf(succeeded ? SUCCEEDED : FAILED, waitCoOf(seen));
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, next) === seen) return true;
  }
}

/** By the connection's thread. @returns the waiter whose the outcome is now, to be woken; or 0. */
export function handOver(words: Int32Array): number {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    const state = stateOf(seen);
    const waitCo = waitCoOf(seen);
    if (waitCo === 0 || (state !== SUCCEEDED && state !== FAILED)) return 0;
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(HANDED, waitCo)) === seen) return waitCo;
  }
}

/** By the waiter. @returns whether the outcome is its own; else the connection was released. */
export function takeOutcome(words: Int32Array, seat: number): boolean {
  const handed = wordOf(HANDED, seat);
  return Atomics.compareExchange(words, CONNECT_WORD, handed, IDLE) === handed;
}

/** By any thread: ends the wait, unless the outcome was handed over. The attempt goes on. @returns the waiter, to be woken; or 0. */
export function endWait(words: Int32Array): number {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    const waitCo = waitCoOf(seen);
    if (waitCo === 0 || stateOf(seen) === HANDED) return 0;
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(stateOf(seen), 0)) === seen) return waitCo;
  }
}

/** By the waiter, that does not want it any more. @returns false: somebody else has ended the wait, or is about to. */
export function giveUp(words: Int32Array, seat: number): boolean {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    if (waitCoOf(seen) !== seat || stateOf(seen) === HANDED) return false;
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(stateOf(seen), 0)) === seen) return true;
  }
}

/** By any thread. @returns the waiter, to be woken; or 0. The connection's thread must look then. */
export function release(words: Int32Array): number {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    const state = stateOf(seen);
    if (state >= RELEASED) return 0;
    const next = state === SUCCEEDED || state === HANDED ? LEFT : RELEASED;
    // One that got the outcome handed over was woken for that.
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, next) === seen)
      return state === HANDED ? 0 : waitCoOf(seen);
  }
}

/** By the connection's thread. @returns whether there is an outcome to be discarded. */
export function takeLeft(words: Int32Array): boolean {
  return Atomics.compareExchange(words, CONNECT_WORD, LEFT, RELEASED) === LEFT;
}

/** By the connection's thread: the waiter's thread has ended. What it was given and has not taken is as if it had just come. */
export function dropWaiter(words: Int32Array, seat: number, succeeded: boolean): void {
  for (;;) {
    const seen = Atomics.load(words, CONNECT_WORD);
    if (waitCoOf(seen) !== seat) return;
    const state = stateOf(seen);
    const next = state !== HANDED ? state : succeeded ? SUCCEEDED : FAILED;
    if (Atomics.compareExchange(words, CONNECT_WORD, seen, wordOf(next, 0)) === seen) return;
  }
}
