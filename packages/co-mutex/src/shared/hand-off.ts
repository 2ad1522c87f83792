// The lock word of a SharedCoMutex and the line of those who wait, in shared memory. Three cases of an unlock. Nobody
// wants it: it is free. Somebody stands in line: it is his, and was never free in between. Somebody has announced himself but
// does not stand in line yet: he is not waited for; the turn is left to whoever lines up first (HANDED_OFF).
//
// The turn is the right to take waiters from the line. Who holds the lock has it, or who took a handed-off one.
import { HOME, NEXT, TAG, wordsOf } from '@coaio/aio-context/shared';
import {
  ABANDONED,
  announcedOf,
  BROKEN,
  CHOSEN,
  HANDED_OFF,
  holderOf,
  LINE,
  LOCK_WORD,
  lockWord,
  PUSHED,
  THREAD_TAG,
  UNLINKED,
  WAIT_STATE,
  WAITING,
} from './layout.js';

/** Takes a free lock. @returns whether it was free. */
export function tryTake(words: Int32Array, mutex: number, thread: number): boolean {
  const word = wordsOf(mutex) + LOCK_WORD;
  return Atomics.compareExchange(words, word, 0, lockWord(thread, 0)) === 0;
}

/** Takes the lock if it is free, else makes sure that an unlock finds it wanted. The caller must {@link lineUp} then. */
export function takeOrAnnounce(
  words: Int32Array,
  mutex: number,
  thread: number,
): 'taken' | 'announced' | 'broken' {
  const word = wordsOf(mutex) + LOCK_WORD;
  let seen = Atomics.load(words, word);
  for (;;) {
    if (seen === BROKEN) return 'broken';
    const wanted = seen === 0 ? lockWord(thread, 0) : seen + 1;
    const was = Atomics.compareExchange(words, word, seen, wanted);
    if (was === seen) return seen === 0 ? 'taken' : 'announced';
    seen = was;
  }
}

/** Puts the announced waiter at the end of the line. @returns who is to be woken because of that, the caller perhaps; or 0. */
export function lineUp(words: Int32Array, mutex: number, waiter: number, thread: number): number {
  const pushed = wordsOf(mutex) + PUSHED;
  let head = Atomics.load(words, pushed);
  for (;;) {
    Atomics.store(words, wordsOf(waiter) + NEXT, head);
    const was = Atomics.compareExchange(words, pushed, head, waiter);
    if (was === head) break;
    head = was;
  }
  // Only now: an unlock that found nobody in line has left the turn before it looked again, or sees this push.
  return lookAgain(words, mutex, thread);
}

/**
 * For who stands in line, whenever it is woken and has not got the lock: a thread that left the turn may have ended before its second look.
 * @returns who is to be woken because of that, the caller perhaps; or 0.
 */
export function lookAgain(words: Int32Array, mutex: number, thread: number): number {
  return takeTurn(words, mutex, thread) ? giveOn(words, mutex, thread) : 0;
}

/** Lets go of the lock. @returns the waiter that has it now and is to be woken; or 0. */
export function release(words: Int32Array, mutex: number, thread: number): number {
  const word = wordsOf(mutex) + LOCK_WORD;
  const held = lockWord(thread, 0);
  return Atomics.compareExchange(words, word, held, 0) === held ? 0 : giveOn(words, mutex, thread);
}

/** Takes a turn that was left. @returns whether it is the caller's now. */
function takeTurn(words: Int32Array, mutex: number, thread: number): boolean {
  const word = wordsOf(mutex) + LOCK_WORD;
  let seen = Atomics.load(words, word);
  while (seen !== BROKEN && holderOf(seen) === HANDED_OFF) {
    const was = Atomics.compareExchange(words, word, seen, lockWord(thread, announcedOf(seen)));
    if (was === seen) return true;
    seen = was;
  }
  return false;
}

/** The caller has the turn: gives the lock to the first in line, or leaves it. @returns who has it now; or 0. */
function giveOn(words: Int32Array, mutex: number, thread: number): number {
  const word = wordsOf(mutex) + LOCK_WORD;
  for (;;) {
    const seen = Atomics.load(words, word);
    if (seen === BROKEN) return 0;
    if (announcedOf(seen) === 0) {
      // All who wanted it have given up meanwhile.
      if (Atomics.compareExchange(words, word, seen, 0) === seen) return 0;
      continue;
    }
    const waiter = takeFirst(words, mutex);
    if (waiter !== 0) {
      if (choose(words, waiter)) {
        const heir = Atomics.load(words, wordsOf(waiter) + HOME);
        passWord(words, word, heir, 1);
        // Only now: whoever notes the heir's death before this look is seen here, after it sees who holds the lock.
        if (!isAlive(words, waiter)) breakIfHeldBy(words, mutex, heir);
        return waiter;
      }
      // Given up, or its thread has ended: one less wants it.
      Atomics.sub(words, word, 1);
    } else if (!leaveTurn(words, mutex, thread)) return 0;
  }
}

/** Nobody stands in line. @returns whether somebody lined up at the last moment, and the caller has the turn still. */
function leaveTurn(words: Int32Array, mutex: number, thread: number): boolean {
  const word = wordsOf(mutex) + LOCK_WORD;
  passWord(words, word, HANDED_OFF, 0);
  // Only now: who pushed before this look may have found the turn taken; who pushes after it finds it free.
  return Atomics.load(words, wordsOf(mutex) + PUSHED) !== 0 && takeTurn(words, mutex, thread);
}

/** The turn goes to `holder`, who is `served` (1) or not (0). */
function passWord(words: Int32Array, word: number, holder: number, served: number): void {
  let seen = Atomics.load(words, word);
  while (seen !== BROKEN) {
    const was = Atomics.compareExchange(words, word, seen, lockWord(holder, announcedOf(seen) - served));
    if (was === seen) return;
    seen = was;
  }
}

/** Whether it gets the lock. Not one that gave up, nor one whose thread has ended. */
function choose(words: Int32Array, waiter: number): boolean {
  const state = wordsOf(waiter) + WAIT_STATE;
  if (isAlive(words, waiter) && Atomics.compareExchange(words, state, WAITING, CHOSEN) === WAITING)
    return true;
  Atomics.store(words, state, UNLINKED);
  return false;
}

function isAlive(words: Int32Array, waiter: number): boolean {
  const at = wordsOf(waiter);
  return (
    Atomics.load(words, wordsOf(Atomics.load(words, at + HOME)) + TAG) ===
    Atomics.load(words, at + THREAD_TAG)
  );
}

/** Its coroutine wants the lock no more. @returns false if it was chosen before. @thread the waiter's own */
export function giveUp(words: Int32Array, waiter: number): boolean {
  return Atomics.compareExchange(words, wordsOf(waiter) + WAIT_STATE, WAITING, ABANDONED) === WAITING;
}

/** The first in line leaves it. By the one with the turn only. */
function takeFirst(words: Int32Array, mutex: number): number {
  const at = wordsOf(mutex);
  let first = Atomics.load(words, at + LINE);
  if (first === 0) {
    let newest = Atomics.exchange(words, at + PUSHED, 0);
    while (newest !== 0) {
      const link = wordsOf(newest) + NEXT;
      const older = Atomics.load(words, link);
      Atomics.store(words, link, first);
      first = newest;
      newest = older;
    }
  }
  if (first !== 0) Atomics.store(words, at + LINE, Atomics.load(words, wordsOf(first) + NEXT));
  return first;
}

/** Whether the waiter has the lock: chosen, and the word says so. @thread the waiter's own */
export function hasLock(words: Int32Array, mutex: number, waiter: number, thread: number): boolean {
  return (
    Atomics.load(words, wordsOf(waiter) + WAIT_STATE) === CHOSEN &&
    holderOf(Atomics.load(words, wordsOf(mutex) + LOCK_WORD)) === thread
  );
}

/** A thread has ended: a lock that it held, or was giving on, is broken. @returns whether it was. @thread any */
export function breakIfHeldBy(words: Int32Array, mutex: number, thread: number): boolean {
  const word = wordsOf(mutex) + LOCK_WORD;
  let seen = Atomics.load(words, word);
  while (seen !== BROKEN && holderOf(seen) === thread) {
    const was = Atomics.compareExchange(words, word, seen, BROKEN);
    if (was === seen) return true;
    seen = was;
  }
  return false;
}
