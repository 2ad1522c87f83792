import { ASLEEP, wordsOf } from '@coaio/aio-context/shared';
import { tryTake } from './hand-off.js';
import { announcedOf, holderOf, isHeld, LOCK_WORD } from './layout.js';

/**
 * How often a lock that other running threads hand around is looked at, without a change, before its coroutine lines up: some
 * ten microseconds (QEMU: 1000 times too). A hand-over through the other thread's event loop costs more, a short critical section less.
 */
const SPINS = 1000;

/** However often it changes hands meanwhile: whoever stands in line gets it in the end. */
const MAX_SPINS = 20 * SPINS;

/**
 * How often, and for how long, the thread steps aside before that if others stand in line. With more threads than processors a line
 * costs a switch of threads for each hand-over, and whoever spins is in its way. Five threads on two processors: 0.04 M/s
 * without, as a bare Atomics.wait baton; 4 M/s with.
 */
const NAPS = 3;
const NAP_MS = 0.05;

/** @param mayNap whether the thread may step aside. @returns whether the lock was taken. */
export function spinForLock(words: Int32Array, mutex: number, thread: number, mayNap: boolean): boolean {
  const lock = wordsOf(mutex) + LOCK_WORD;
  let seen = 0;
  let patience = SPINS;
  let naps = mayNap ? NAPS : 0;
  for (let look = 0; look < MAX_SPINS && patience > 0; look++, patience--) {
    const word = Atomics.load(words, lock);
    if (word === 0) {
      if (tryTake(words, mutex, thread)) return true;
    } else if (word !== seen) {
      if (!isHeldElsewhere(words, word, thread)) return false;
      seen = word;
      patience = SPINS;
    } else if (patience === 1 && naps > 0 && announcedOf(word) > 0) {
      naps--;
      Atomics.wait(words, lock, word, NAP_MS);
      patience = SPINS;
    }
  }
  return false;
}

/** Whether it is worth a spin: the holder runs, in another thread. */
function isHeldElsewhere(words: Int32Array, word: number, thread: number): boolean {
  const holder = holderOf(word);
  if (!isHeld(word) || holder === thread) return false;
  return Atomics.load(words, wordsOf(holder) + ASLEEP) === 0;
}
