// The words that the threads of one shared NbdClientConnection share, in memory of its own. Who writes and reads each, what a stale read
// costs, and what it pairs with.

/** What the connection is up to, and who waits for it: see connect-word.ts. Written by: all threads, by compareExchange, with the functions
 *  there alone. Read by: all. Stale: the compareExchange fails. Pairs with: the ring or kick of whoever it was changed for. */
export const CONNECT_WORD = 0;

/** Seats are numbered from 1, as 0 in a word is "nobody". This one is the waiter's of the connection's own thread. */
export const HOME = 1;
export const SEATS = 30;
const FIRST_SEAT_WORD = 16;
const SEAT_WORDS = 4;

/** The thread that sits there, 0 = none. Written by: that thread, by compareExchange from 0, and back once it waits no more; the connection's,
 *  once that thread has ended. Read by: the connection's. Stale: an end is noticed at the next one. Pairs with: the ring at a thread's end. */
export const OCCUPANT = 0;

/** The cell by which the waiter is rung, and its generation. Written by: its thread, before it waits. Read by: whoever has ended the wait.
 *  Stale: that waiter has gone on, and its bell is gone or another one's, who looks and sees nothing. Pairs with: CONNECT_WORD. */
export const BELL = 1;
export const BELL_GENERATION = 2;

export const CONNECTION_WORDS = FIRST_SEAT_WORD + SEAT_WORDS * (SEATS + 1);

export function seatAt(seat: number): number {
  return FIRST_SEAT_WORD + SEAT_WORDS * seat;
}
