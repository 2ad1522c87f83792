import {
  ABORT,
  ABORTABLE,
  COMMAND,
  FLAGS,
  LENGTH_HIGH,
  LENGTH_LOW,
  MEMORY,
  NO_TIMEOUT,
  OFFSET_HIGH,
  OFFSET_LOW,
  PLACE_HIGH,
  PLACE_LENGTH,
  PLACE_LOW,
  TIMEOUT,
} from './layout.js';

const WORD = 2 ** 32;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** A request as it lies in the words of a slot. `at`: the first of them. */
export function writeRequest(
  words: Int32Array,
  at: number,
  command: number,
  flags: number,
  offset: number | bigint,
  length: number,
): void {
  words[at + COMMAND] = command;
  words[at + FLAGS] = flags;
  if (typeof offset === 'number') {
    words[at + OFFSET_HIGH] = offset / WORD;
    words[at + OFFSET_LOW] = offset;
  } else {
    words[at + OFFSET_HIGH] = Number(offset >> 32n);
    words[at + OFFSET_LOW] = Number(offset & 0xffffffffn);
  }
  words[at + LENGTH_HIGH] = length / WORD;
  words[at + LENGTH_LOW] = length;
  words[at + MEMORY] = 0;
  words[at + ABORT] = 0;
}

/** What is moved from or to: `length` bytes of `memory`, a number that home knows it by. */
export function writePlace(
  words: Int32Array,
  at: number,
  memory: number,
  place: number,
  length: number,
): void {
  words[at + MEMORY] = memory;
  words[at + PLACE_HIGH] = place / WORD;
  words[at + PLACE_LOW] = place;
  words[at + PLACE_LENGTH] = length;
}

/** What ends it early. */
export function writeLimits(
  words: Int32Array,
  at: number,
  abortable: boolean,
  timeoutMs: number | undefined,
): void {
  words[at + ABORTABLE] = abortable ? 1 : 0;
  words[at + TIMEOUT] = timeoutMs === undefined ? NO_TIMEOUT : Math.min(Math.ceil(timeoutMs), MAX_TIMEOUT_MS);
}

/** As a number where that is exact. */
export function readOffset(words: Int32Array, at: number): number | bigint {
  const high = word(words, at + OFFSET_HIGH);
  const low = word(words, at + OFFSET_LOW);
  const offset = high * WORD + low;
  return Number.isSafeInteger(offset) ? offset : (BigInt(high) << 32n) | BigInt(low);
}

export function readLength(words: Int32Array, at: number): number {
  return word(words, at + LENGTH_HIGH) * WORD + word(words, at + LENGTH_LOW);
}

/** The piece of `memory` that the request is about. */
export function readPlace(words: Int32Array, at: number, memory: SharedArrayBuffer): Uint8Array {
  const place = word(words, at + PLACE_HIGH) * WORD + word(words, at + PLACE_LOW);
  return new Uint8Array(memory, place, word(words, at + PLACE_LENGTH));
}

export function word(words: Int32Array, at: number): number {
  return (words[at] as number) >>> 0;
}
