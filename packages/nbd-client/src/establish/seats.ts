// Where a waiter of another thread sits while it waits: so that whoever ends its wait finds its bell, whichever thread that is.
import type { BottomHalf, BottomHalfHandle, RemoteBottomHalf } from '@coaio/aio-context';
import {
  IDLE as ALIVE,
  generationOf,
  TAG,
  type ThisThread,
  tagOf,
  wakeCell,
  wordsOf,
} from '@coaio/aio-context/shared';
import { BELL, BELL_GENERATION, HOME, OCCUPANT, SEATS, seatAt } from './layout.js';

const NUMBER_BITS = 12;

/** @returns the seat; 0: all are taken. */
export function takeSeat(words: Int32Array, thread: ThisThread, bell: BottomHalfHandle): number {
  const me = (generationOf(thread.tag) << NUMBER_BITS) | thread.number;
  for (let seat = HOME + 1; seat <= SEATS; seat++) {
    if (Atomics.compareExchange(words, seatAt(seat) + OCCUPANT, 0, me) !== 0) continue;
    Atomics.store(words, seatAt(seat) + BELL, bell.cell);
    Atomics.store(words, seatAt(seat) + BELL_GENERATION, bell.generation);
    return seat;
  }
  return 0;
}

export function leaveSeat(words: Int32Array, seat: number): void {
  Atomics.store(words, seatAt(seat) + OCCUPANT, 0);
}

/** Those whose threads have ended. By the connection's thread, which ends their waits before {@link leaveSeat}. */
export function* seatsOfDead(words: Int32Array, thread: ThisThread): Generator<number> {
  for (let seat = HOME + 1; seat <= SEATS; seat++) {
    const occupant = Atomics.load(words, seatAt(seat) + OCCUPANT);
    if (occupant === 0) continue;
    const tag = Atomics.load(thread.words, wordsOf(occupant & ((1 << NUMBER_BITS) - 1)) + TAG);
    if (tag !== tagOf(occupant >>> NUMBER_BITS, ALIVE)) yield seat;
  }
}

/** Has the waiter look. @param look that of the connection's own thread */
export function ringSeat(
  words: Int32Array,
  thread: ThisThread,
  seat: number,
  look: BottomHalf | RemoteBottomHalf,
): void {
  if (seat === HOME) ringLook(look);
  else {
    const bell = Atomics.load(words, seatAt(seat) + BELL);
    wakeCell(thread, bell, Atomics.load(words, seatAt(seat) + BELL_GENERATION));
  }
}

/** Has the connection's thread look. @returns false: it is released, or its thread has ended. */
export function ringLook(look: BottomHalf | RemoteBottomHalf): boolean {
  try {
    look.schedule();
    return true;
  } catch {
    return false;
  }
}
