// The request of a claim's holder to the channel's thread, and the answer. One word says whose turn it is, and only these functions write it:
//
//   NONE       the holder's
//   ASKED_FOR  whose compareExchange comes first: the channel's thread takes it, or the holder takes it back
//   TAKEN      the channel's thread's: it moves bytes from or to the memory of the holder, who must wait
//   DONE       the holder's, with an answer
//
// Whoever has the turn may write the other words of the request, except for ABORT. A holder that dies leaves all as it is: its claim is
// closed then, and nobody asks again.
import { isClosed } from './claim.js';
import { ABORT, ASKER, BELL, BELL_GENERATION, KIND, RESULT, STATE } from './layout.js';

const NONE = 0;
const ASKED_FOR = 1;
const TAKEN = 2;
const DONE = 3;

/** By the holder, who then rings the channel's thread. */
export function askFor(
  words: Int32Array,
  direction: number,
  asker: number,
  kind: number,
  bell: number,
  bellGeneration: number,
): void {
  Atomics.store(words, direction + ASKER, asker);
  Atomics.store(words, direction + KIND, kind);
  Atomics.store(words, direction + BELL, bell);
  Atomics.store(words, direction + BELL_GENERATION, bellGeneration);
  Atomics.store(words, direction + ABORT, 0);
  Atomics.store(words, direction + STATE, ASKED_FOR);
}

/** By the holder: whether it can go on. */
export function isAnswered(words: Int32Array, direction: number): boolean {
  return Atomics.load(words, direction + STATE) === DONE;
}

/** By the holder, of an answered request. @returns the answer. */
export function takeAnswer(words: Int32Array, direction: number): number {
  Atomics.store(words, direction + STATE, NONE);
  return Atomics.load(words, direction + RESULT);
}

/** By the holder, that does not want it any more. @returns whether it is over; else it is being served, and an answer comes. */
export function takeBack(words: Int32Array, direction: number): boolean {
  return Atomics.compareExchange(words, direction + STATE, ASKED_FOR, NONE) === ASKED_FOR;
}

/**
 * By the holder, before each wait: a ring may have met a bell that was deleted and still had one to answer, so being heard is no proof that
 * somebody will look. @returns as {@link takeBack}. Pairs with: the look of the channel's thread after it has closed the claim.
 */
export function takeBackIfClosed(words: Int32Array, direction: number): boolean {
  return isClosed(words, direction) && takeBack(words, direction);
}

/** By the holder, of a request that is being served. It rings then, and waits for the answer. */
export function askToEnd(words: Int32Array, direction: number): void {
  Atomics.store(words, direction + ABORT, 1);
}

/** By the channel's thread: whether there is a request to be taken. */
export function isAskedFor(words: Int32Array, direction: number): boolean {
  return Atomics.load(words, direction + STATE) === ASKED_FOR;
}

/** By the channel's thread. @returns whether it has to answer now. */
export function takeRequest(words: Int32Array, direction: number): boolean {
  return Atomics.compareExchange(words, direction + STATE, ASKED_FOR, TAKEN) === ASKED_FOR;
}

/** By the channel's thread, of a request that it has taken: the holder waits for nothing but its end. */
export function isToEnd(words: Int32Array, direction: number): boolean {
  return Atomics.load(words, direction + ABORT) === 1;
}

/** By the channel's thread, which does not touch the holder's memory any more, and rings it then. */
export function answer(words: Int32Array, direction: number, result: number): void {
  Atomics.store(words, direction + RESULT, result);
  Atomics.store(words, direction + STATE, DONE);
}
