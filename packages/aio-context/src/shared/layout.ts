// The words that the threads of a process share. They lie in cells of 64 bytes, a cache line, so that two cells are
// never on one line. A cell keeps its kind for good: a late writer of a cell that was let go finds the words
// where it expects them. Four lines for each word: who writes it, who reads it, what a stale read costs, what it pairs with.

export const WORDS_PER_CELL = 16;
const CELL_SHIFT = 4;

/** The index of a cell's first word. */
export function wordsOf(cell: number): number {
  return cell << CELL_SHIFT;
}

/** Cell 0 holds what there is once; 0 as a link or an owner means "none". */
export const HEADER = 0;

/** Cells 1 to MAX_THREADS are the threads, so that ten bits name one. The last number stands for no thread. */
export const MAX_THREADS = 1022;

// ---- Header.

/** Written by: whoever takes a new cell, by adding. Read by: sweeps, as the bound of what there is. Stale: a cell made
 *  meanwhile is not seen, and needs no sweep. Pairs with: nothing. */
export const CELLS_USED = 1;

/** Written by: whoever notices a thread's end, by adding, after it has marked the thread. Read by: every thread when it is
 *  rung. Stale: looked at again at the next ring. Pairs with: the ring that follows each addition. */
export const DEATHS = 2;

/** Written by: the main thread, once. Read by: the big lock. Stale: `AIO_NO_MAIN_CONTEXT`. Pairs with: nothing. */
export const MAIN_CONTEXT = 3;

/** Two random words that tell one memory from another: a clone is another object. Written by: whoever makes the memory. */
export const IDENTITY = 4;

/** Where the search for a free thread begins, so that the number of an ended thread is not soon another's. Written by: whoever
 *  joins. Read by: the same. Stale: a number is used again sooner. */
export const NEXT_THREAD = 6;

// ---- Every cell.

/** Generation, claimer and state, `generation << 12 | claimer << 2 | state`. What a handle names is there while the generation is the
 *  handle's. Written by: the cell's thread to make it, let it go and rearm it; any thread, the claimer, from IDLE to SCHEDULED, by
 *  compareExchange. Read by: all. Stale: the compareExchange fails and tells. Pairs with: NEXT, the claimer's until its push. */
export const TAG = 0;

/** Written by: whoever takes the cell, once for good. Read by: sweeps. Stale: 0, the cell is being made. Pairs with: nothing. */
export const KIND = 1;

/** The thread whose heap has the object behind the cell. Written by: that thread, as it takes the cell, before TAG.
 *  Read by: wakers and sweeps. Stale: not possible while the generation is the handle's. Pairs with: TAG. */
export const HOME = 2;

/** Link of the one list that the cell is in. Written by: its pusher, then by the thread that took the list. Read by: that
 *  thread. Stale: not possible, the list's head was exchanged after the write. Pairs with: WOKEN, PUSHED. */
export const NEXT = 3;

/** UTF-8, cut to NAME_BYTES, for reports. Written by: whoever makes the cell. Stale: an old name in a report. */
export const NAME = 10;
export const NAME_BYTES = 24;

// ---- States of TAG.

export const FREE = 0;
/** Alive; of a wakeable: nobody has asked for it to be woken. */
export const IDLE = 1;
/** A wakeable that somebody wakes: its turn has not come yet. */
export const SCHEDULED = 2;
/** A thread that has ended, whose cells were not swept yet. */
export const DEAD = 3;

const GENERATION_SHIFT = 12;
/** A cell that was let go so often is used no more: its next generation would not be told from an old one. */
export const LAST_GENERATION = (1 << 19) - 1;

export function tagOf(generation: number, state: number, claimer = 0): number {
  return (generation << GENERATION_SHIFT) | (claimer << 2) | state;
}
export function generationOf(tag: number): number {
  return tag >>> GENERATION_SHIFT;
}
/** The thread that made it SCHEDULED. */
export function claimerOf(tag: number): number {
  return (tag >>> 2) & 0x3ff;
}
export function stateOf(tag: number): number {
  return tag & 3;
}

// ---- Kinds.

export const THREAD = 1;
export const CONTEXT = 2;
export const WAKEABLE = 3;
export const WAITER = 4;
export const MUTEX = 5;

// ---- A thread's cell.

/** Head of the list of wakeables to run in this thread, newest first. Written by: wakers push by compareExchange, the thread
 *  takes all by exchange. Read by: the thread. Stale: see ASLEEP. Pairs with: NEXT, ASLEEP. */
export const WOKEN = 4;

/** QEMU's `notify_me` and its event notifier in one word: 1 while the thread sleeps or is about to. Written by: the thread
 *  before it looks at WOKEN for the last time; back to 0 by the thread, or by the one waker that rings. Read by: wakers, after
 *  their push. Stale: impossible in the order of both: either the waker sees 1, or the thread sees the push. Pairs with: WOKEN. */
export const ASLEEP = 5;

/** Node's `threadId`. Written by: the thread as it joins. Read by: whoever sees a worker exit. */
export const NODE_THREAD_ID = 6;

/** The thread that made it, and ends it when it ends itself. Written by: the thread as it joins. Read by: sweeps. */
export const PARENT = 7;

/** 1 while the thread is in `aioWaitWhile`. Written by: the thread before it looks at its condition. Read by: `aioWaitKick`,
 *  after its caller changed that. Stale: impossible in the order of both, as with ASLEEP. */
export const IN_AIO_WAIT = 8;

/** The wakeable that stands for nothing but a wake. Written by: the thread as it joins. Read by: whoever has something to
 *  tell it. Stale: not possible while the thread lives. */
export const NOTIFIER = 9;

// ---- A wakeable's cell.

/** The context cell in which to run it, or 0 for where it last ran. Written by: the claimer before its push. Read by: the home
 *  thread after it took the list. Stale: not possible. Pairs with: WOKEN. */
export const ASKED_CONTEXT = 4;

// ---- A context's cell.

/** The thread that holds the context's lock, 0 = free, with LOCK_CONTENDED set while somebody may wait for it. Written by:
 *  lockers and the holder, by compareExchange. Read by: the same. Stale: the compareExchange fails. Pairs with: Atomics.wait on it. */
export const LOCK = 4;
export const LOCK_CONTENDED = 1 << 16;

/** 1 while other threads want the lock. Written by: them before they wait; back to 0 by home as it stands back, and by who got the
 *  lock. Read by: home, which lets them go first. Stale: they wait one more dispatch, or home stands back for nobody, once.
 *  Pairs with: the wait on LOCK. */
export const LOCK_WANTED = 5;
