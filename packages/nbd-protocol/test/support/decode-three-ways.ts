import { NEED_MORE } from '@coaio/nbd-protocol';
import { expect } from 'vitest';
import { concat, view } from './wire.js';

type Decode = (view: DataView, at: number, end: number) => number;

/**
 * Decodes one header whole, byte by byte and with bytes left over, at an offset in a larger buffer, and returns
 * what `read` says of the result after making sure that the three agree.
 * @param consumed bytes that the decoder takes; a data payload stays
 */
export function decodeThreeWays<Result>(
  bytes: Uint8Array,
  consumed: number,
  decode: Decode,
  read: () => Result,
): Result {
  expect(decode(view(bytes), 0, bytes.length)).toBe(consumed);
  const whole = structuredClone(read());

  const before = new Uint8Array(5).fill(0xee);
  const shifted = view(concat(before, bytes));
  for (let end = 0; end < consumed; end++) expect(decode(shifted, 5, 5 + end)).toBe(NEED_MORE);
  expect(decode(shifted, 5, 5 + consumed)).toBe(5 + consumed);
  expect(read()).toEqual(whole);

  const trailing = concat(bytes, new Uint8Array(40).fill(0xff));
  expect(decode(view(trailing), 0, trailing.length)).toBe(consumed);
  expect(read()).toEqual(whole);
  return whole;
}

/** A header that must be refused: whole and with bytes left over it throws, in pieces it never succeeds. */
export function refuseThreeWays(bytes: Uint8Array, decode: Decode): Error {
  const whole = thrown(() => decode(view(bytes), 0, bytes.length));
  const trailing = concat(bytes, new Uint8Array(40).fill(0xff));
  expect(thrown(() => decode(view(trailing), 0, trailing.length)).message).toBe(whole.message);
  const bytewise = thrown(() => {
    for (let end = 0; end <= bytes.length; end++) expect(decode(view(bytes), 0, end)).toBe(NEED_MORE);
  });
  expect(bytewise.message).toBe(whole.message);
  return whole;
}

interface Handshake<Event> {
  readonly finished: boolean;
  receive(bytes: Uint8Array): void;
  nextEvent(): Event | typeof NEED_MORE;
  takeOutgoing(): Uint8Array;
  rest(): Uint8Array;
}

export interface Played<Event> {
  readonly events: readonly Event[];
  readonly outgoing: Uint8Array;
  readonly finished: boolean;
  readonly error: Error | undefined;
}

/** Plays bytes to a fresh handshake whole, byte by byte and with bytes left over. The three must agree. */
export function playThreeWays<Event>(bytes: Uint8Array, make: () => Handshake<Event>): Played<Event> {
  const whole = play([bytes], make());
  const bytewise = play(
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
    make(),
  );
  expect(bytewise).toEqual(whole);
  if (whole.finished) {
    const trail = Uint8Array.of(0x67, 0x44, 0x66);
    const handshake = make();
    expect(play([concat(bytes, trail)], handshake)).toEqual(whole);
    expect(handshake.rest()).toEqual(trail);
  }
  return whole;
}

function play<Event>(pieces: readonly Uint8Array[], handshake: Handshake<Event>): Played<Event> {
  const events: Event[] = [];
  const outgoing: Uint8Array[] = [];
  let error: Error | undefined;
  try {
    for (const piece of pieces) {
      handshake.receive(piece);
      for (let event = handshake.nextEvent(); event !== NEED_MORE; event = handshake.nextEvent()) {
        events.push(event);
      }
    }
  } catch (caught) {
    error = caught as Error;
  }
  outgoing.push(handshake.takeOutgoing());
  return { events, outgoing: concat(...outgoing), finished: handshake.finished, error };
}

export function thrown(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
