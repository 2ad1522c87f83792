// The words that the threads of one client share, in memory of its own. Who writes and reads each, what a stale read costs, and what
// it pairs with. The client's own thread is "home" here.

/** One word for each view: the thread that has it, 0 = none, CLOSED = none, for good. Written by: that thread, from 0 and back;
 *  home, to CLOSED from 0, and to 0 once the thread has ended and nothing of it is under way. Read by: home. Stale: an end is
 *  noticed at the next one. Pairs with: CALLS. */
export const HOLDERS = 0;
export const MAX_VIEWS = 62;

/** One bit for each view that has something for home to look at, 31 in each word. Written by: the view's thread, by or. Taken by:
 *  home, by exchange. Stale: seen at the next ring. Pairs with: the ring that follows. */
export const CALLS = 62;
export const VIEWS_PER_CALL_WORD = 31;

/** How many requests of a view home may have at a time. */
export const SLOTS = 256;

// ---- A view's words. Those that its thread writes are not on one cache line with those that home writes.

/** How many submissions there ever were, modulo 2^32. Written by: the view's thread, after the submission. Read by: home. Stale: seen
 *  at the next ring. Pairs with: SUBMISSIONS and the words of the slot, which are written before it. */
export const SUBMITTED = 0;

/** 1: there is an ABORT to be looked for. Written by: the view's thread, after ABORT. Taken by: home, by exchange, before it takes
 *  submissions: an abort that it sees is of a request that it then has. Pairs with: ABORT. */
export const ABORTS = 1;

/** The bottom half of the view's thread that is rung for answers. Written by: that thread before its first submission. Read by: home. */
export const BELL = 2;
export const BELL_GENERATION = 3;

/** How many answers there ever were, modulo 2^32. Written by: home, after the answer. Read by: the view's thread. Stale: seen at
 *  the next ring of the bell. Pairs with: ANSWERS, and all that home did for the request, which comes before it. */
export const ANSWERED = 16;

/** Slots in the order of their submission. Room for all slots: none is submitted again before its answer. Written by: the view's
 *  thread, before SUBMITTED. Read by: home, after it. Stale: not possible. */
export const SUBMISSIONS = 32;

/** `slot << 1 | DETAILED` in the order of the answers. Written by: home, before ANSWERED. Read by: the view's thread, after it. Stale: not possible. */
export const ANSWERS = SUBMISSIONS + SLOTS;
/** The answer is more than "done": an error, or a value. It is in the view's inbox, in the order of such answers. */
export const DETAILED = 1;

/** A slot's words: the view's thread's until SUBMITTED, then home's until ANSWERED. Plain reads and writes: those two order them. */
export const SLOT_WORDS = ANSWERS + SLOTS;
export const WORDS_PER_SLOT = 16;

/** NBD_CMD_*, NBD_CMD_FLAG_* and perhaps IN_CHUNKS, and of what. */
export const COMMAND = 0;
export const FLAGS = 1;
export const OFFSET_HIGH = 2;
export const OFFSET_LOW = 3;
export const LENGTH_HIGH = 4;
export const LENGTH_LOW = 5;
/** Of an NBD_CMD_READ: not its bytes are wanted, but its chunks, as a RecordedRead. No flag of the specification, which have 16 bits. */
export const IN_CHUNKS = 1 << 16;

/** The memory to move from or to: a number that the view's thread gave it, 0 = none, and a place in it. */
export const MEMORY = 6;
export const PLACE_HIGH = 7;
export const PLACE_LOW = 8;
export const PLACE_LENGTH = 9;

/** Milliseconds; NO_TIMEOUT: as the client has it. */
export const TIMEOUT = 10;
export const NO_TIMEOUT = -1;

/** 1: it may be aborted. */
export const ABORTABLE = 11;

/** 1: the view's thread wants the request given up. Written by: that thread, also while home has the slot; back to 0 with the next
 *  request. Read by: home. Stale: the request is answered as if it had not been given up. Pairs with: ABORTS. */
export const ABORT = 12;

const VIEWS = 64;
const WORDS_PER_VIEW = SLOT_WORDS + SLOTS * WORDS_PER_SLOT;

/** About 1.2 MB of addresses; the system gives memory as views use theirs. */
export const SHARED_BYTES = 4 * (VIEWS + MAX_VIEWS * WORDS_PER_VIEW);

/** The index of the view's first word. */
export function wordsOfView(view: number): number {
  return VIEWS + view * WORDS_PER_VIEW;
}

/** The index of the first word of one of its slots. */
export function wordsOfSlot(view: number, slot: number): number {
  return wordsOfView(view) + SLOT_WORDS + slot * WORDS_PER_SLOT;
}
