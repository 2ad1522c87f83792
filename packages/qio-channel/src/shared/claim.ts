// Who moves bytes in one direction of a shared channel, and who uses its descriptor. One word, which only these functions write:
//
//   0                    nobody
//   holder               that thread, through the channel's own thread or about to
//   holder | IN_CALL     that thread is in a system call on the descriptor
//   ... | CLOSING        and the channel's thread wants to close it: the holder tells it once the call is over
//   CLOSED               nobody any more, for good
//
// The descriptor is closed by the channel's thread alone, once the word is CLOSED; nobody enters a call then. So no call can meet a
// number that the system has given to another file.
import { CLAIM } from './layout.js';

const IN_CALL = 1;
const CLOSING = 2;
const CLOSED = -1;

/** How a thread is written in a claim: `generation << 12 | number << 2`, so that the next thread of a number is another one. */
export function holderId(threadNumber: number, threadTag: number): number {
  return (threadTag & ~0xfff) | (threadNumber << 2);
}

/** The number of the thread in `holder`. */
export function threadOf(holder: number): number {
  return (holder >> 2) & 0x3ff;
}

/** Whoever has it; 0 = nobody, or it is closed. */
export function claimHolder(words: Int32Array, direction: number): number {
  const word = Atomics.load(words, direction + CLAIM);
  return word === CLOSED ? 0 : word & ~3;
}

/** @returns `busy`: somebody else has it, or the caller's own thread. `closed`: it is, or will be as soon as a call is over. */
export function takeClaim(words: Int32Array, direction: number, me: number): 'taken' | 'busy' | 'closed' {
  const seen = Atomics.compareExchange(words, direction + CLAIM, 0, me);
  if (seen === 0) return 'taken';
  // In CLOSED too.
  return (seen & CLOSING) !== 0 ? 'closed' : 'busy';
}

/** Whether the channel's thread may have looked for the last time. */
export function isClosed(words: Int32Array, direction: number): boolean {
  return Atomics.load(words, direction + CLAIM) === CLOSED;
}

/** The holder is going to use the descriptor. @returns false: it is closed. */
export function enterCall(words: Int32Array, direction: number, me: number): boolean {
  return Atomics.compareExchange(words, direction + CLAIM, me, me | IN_CALL) === me;
}

/** The call is over. @returns false: the channel's thread waits for that, and must be told. */
export function leaveCall(words: Int32Array, direction: number, me: number): boolean {
  if (Atomics.compareExchange(words, direction + CLAIM, me | IN_CALL, me) === (me | IN_CALL)) return true;
  Atomics.store(words, direction + CLAIM, CLOSED);
  return false;
}

/** A no-op once it is closed. */
export function releaseClaim(words: Int32Array, direction: number, me: number): void {
  Atomics.compareExchange(words, direction + CLAIM, me, 0);
}

/** By the channel's thread. @returns whether the descriptor may be closed now; else the holder tells, or its end does. */
export function closeClaim(words: Int32Array, direction: number): boolean {
  for (;;) {
    const word = Atomics.load(words, direction + CLAIM);
    if (word === CLOSED) return true;
    const inCall = (word & IN_CALL) !== 0;
    const next = inCall ? word | CLOSING : CLOSED;
    if (Atomics.compareExchange(words, direction + CLAIM, word, next) === word) return !inCall;
  }
}

/**
 * By the channel's thread: `dead` has ended, wherever it was. Nobody comes after it: it may have left a message half moved, and a
 * request that is still being served. Pairs with: its own leaveCall, which cannot come any more.
 */
export function closeClaimOfDead(words: Int32Array, direction: number, dead: number): void {
  const word = Atomics.load(words, direction + CLAIM);
  if (word !== CLOSED && (word & ~3) === dead) Atomics.store(words, direction + CLAIM, CLOSED);
}
