// The words of a SharedCoMutex and of those who wait for it. Where they lie: `@coaio/aio-context/shared`.

// ---- A mutex's cell.

/** 0 = free; `holder << 21 | announced`; or BROKEN. `holder` is a thread, or HANDED_OFF; `announced` counts those who want it and
 *  have not got it. Written by: lockers and the one with the turn, by compareExchange; a sweep, to BROKEN. Read by: all.
 *  Stale: the compareExchange fails. Pairs with: PUSHED, see hand-off.ts. */
export const LOCK_WORD = 4;
const HOLDER_SHIFT = 21;
const ANNOUNCED_MASK = (1 << HOLDER_SHIFT) - 1;

/** Head of those who lined up since the line was last looked at, newest first. Written by: lockers push, the one with the turn takes
 *  all. Read by: the same. Stale: see `giveOn`. Pairs with: LOCK_WORD. */
export const PUSHED = 5;

/** Head of the line, oldest first. Written and read by: the one with the turn only. Stale: not possible, the turn
 *  passes through LOCK_WORD. */
export const LINE = 6;

/** Milliseconds, modulo 2^32, since when the holder has it; 0 = it has not waited for it. Written by: the holder. Read by: reports. Stale: a
 *  wrong figure there. */
export const HELD_SINCE = 7;

/** The cell of the coroutine that holds it, 0: it is not known. Written by: the holder, once it has waited for it or waits for another
 *  lock; back to 0 before it lets go. Read by: reports. Stale: a wrong name there. */
export const HELD_BY = 8;

/** No thread has the turn: it is for the first who has lined up. */
export const HANDED_OFF = 1023;
/** Its holder's thread has ended. For good. */
export const BROKEN = -1;

export function lockWord(holder: number, announced: number): number {
  return (holder << HOLDER_SHIFT) | announced;
}
export function holderOf(word: number): number {
  return word >>> HOLDER_SHIFT;
}
/** Whether some thread has it. */
export function isHeld(word: number): boolean {
  return word !== 0 && word !== BROKEN && holderOf(word) !== HANDED_OFF;
}
export function announcedOf(word: number): number {
  return word & ANNOUNCED_MASK;
}

// ---- A waiter's cell.

/** Written by: its coroutine's thread (WAITING, ABANDONED) and the one with the turn (CHOSEN, UNLINKED). Both from WAITING, by
 *  compareExchange. Read by: the thread. Stale: it looks again when it is woken. Pairs with: the wake. */
export const WAIT_STATE = 4;
export const WAITING = 0;
/** It gets the lock, and has it as soon as LOCK_WORD names its thread. */
export const CHOSEN = 1;
/** Its coroutine wants it no more; the cell is still in line. */
export const ABANDONED = 2;
/** Out of the line without the lock: the cell may be used again. */
export const UNLINKED = 3;

/** The cell by which it is woken, and its generation. Written by: its thread, once. Read by: the one with the turn, after it has
 *  chosen it. Stale: not possible. */
export const BELL = 5;
export const BELL_GENERATION = 6;

/** TAG of its thread's cell: as long as that has not changed, the thread lives. Written by and read by: as BELL. */
export const THREAD_TAG = 7;

/** As HELD_SINCE. */
export const WAITS_SINCE = 8;

/** The mutex that it waits for. Written by: its thread. Read by: reports. */
export const WAITS_FOR = 9;

/** The coroutine's cell and its generation. Written by: its thread, before it lines up. Read by: reports. A waiter's cell has no name:
 *  these lie there. */
export const WHO_WAITS = 10;
export const WHO_GENERATION = 11;
