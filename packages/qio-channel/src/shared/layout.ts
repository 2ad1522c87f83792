// The words that the threads of one shared channel share, in memory of their own. Who writes and reads each, what a stale read costs,
// and what it pairs with.

/** Bits of what attached threads ask of the channel's own: `shutdown('read')`, `shutdown('write')`, `wakeRead`,
 *  `shutdown('both')`, which is more than the first two: it drops what is still to be sent. Written by: those who
 *  ask, by or. Taken by: the channel's thread, by exchange. Stale: seen at the next ring. Pairs with: the ring that follows. */
export const ASKED = 0;
export const SHUT_READ = 1;
export const SHUT_WRITE = 2;
export const WAKE_READ = 4;
export const SHUT_BOTH = 8;

/** The socket's descriptor while others may write to it, else -1. Written by: the channel's thread, when nobody else has the claim
 *  on writing or before it ends that. Read by: who has the claim, inside its call. Stale: not possible then. Pairs with: CLAIM. */
export const DESCRIPTOR = 1;

/** One word for each view: the thread that has it, 0 = none. Written by: that thread, from 0 and back; the channel's, once that has
 *  ended. Read by: the channel's thread. Stale: an end is noticed at the next one. Pairs with: the ring at a thread's end. */
export const USERS = 2;
export const MAX_USERS = 62;

/** Where the words of a direction begin. */
export const IN = 64;
export const OUT = 80;

/** Who moves bytes in this direction: see claim.ts. */
export const CLAIM = 0;

/** Whose turn the request of the claim's holder is: see request.ts. */
export const STATE = 1;

/** Bits of the request: only wait until it is ready; it may be aborted; answer when all is moved, or the stream ends; `wakeRead` ends it. */
export const KIND = 2;
export const WAIT_ONLY = 1;
export const ABORTABLE = 2;
export const WHOLE = 4;
export const WAKEABLE = 8;

/** 1: the holder wants it ended. Written by: the holder; cleared with the next request. Read by: the channel's thread. Stale: seen at the next ring. */
export const ABORT = 3;

/** The memory to move from or to: a number that ASKER gave it, and a place in it. */
export const MEMORY = 4;
export const OFFSET_HIGH = 5;
export const OFFSET_LOW = 6;
export const LENGTH = 7;

/** How many bytes were moved, QIO_CHANNEL_ERR_BLOCK after an abort, or FAILED with a text. */
export const RESULT = 8;
export const FAILED = -1;

/** The bell of the holder: a bottom half's cell. */
export const BELL = 9;
export const BELL_GENERATION = 10;

/** Who asks. Not from CLAIM: the channel may have been closed since. */
export const ASKER = 11;

const TEXTS = 96 * 4;
const NAME_BYTES = 128;
const ERROR_BYTES = 1024;
const TEXT_BYTES = NAME_BYTES + 2 * ERROR_BYTES;
export const SHARED_BYTES = TEXTS + 2 * TEXT_BYTES;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The name of who holds the claim. Written by: the holder, once it has it. Stale: an old name in an error. */
export function writeHolderName(words: Int32Array, direction: number, name: string): void {
  writeText(words, nameAt(direction), NAME_BYTES, name);
}

export function readHolderName(words: Int32Array, direction: number): string {
  return readText(words, nameAt(direction), NAME_BYTES);
}

/** What a request failed with. Written by: the channel's thread before DONE. Read by: the holder after it. */
export function writeError(words: Int32Array, direction: number, text: string): void {
  writeText(words, nameAt(direction) + NAME_BYTES, ERROR_BYTES, text);
}

export function readError(words: Int32Array, direction: number): string {
  return readText(words, nameAt(direction) + NAME_BYTES, ERROR_BYTES);
}

/** What the direction has ended with, empty: no error. Written by: the channel's thread, once, before CLAIM is CLOSED. Read by: who finds that. */
export function writeEnd(words: Int32Array, direction: number, text: string): void {
  writeText(words, nameAt(direction) + NAME_BYTES + ERROR_BYTES, ERROR_BYTES, text);
}

export function readEnd(words: Int32Array, direction: number): string {
  return readText(words, nameAt(direction) + NAME_BYTES + ERROR_BYTES, ERROR_BYTES);
}

function nameAt(direction: number): number {
  return TEXTS + (direction === IN ? 0 : TEXT_BYTES);
}

/** As much of `text` as there is room for; the first two bytes are its length. */
function writeText(words: Int32Array, at: number, room: number, text: string): void {
  // TextEncoder refuses shared memory.
  const bytes = new Uint8Array(room - 2);
  const { written } = encoder.encodeInto(text, bytes);
  const target = new Uint8Array(words.buffer, at, room);
  target.set(bytes.subarray(0, written), 2);
  target[0] = written & 0xff;
  target[1] = written >> 8;
}

function readText(words: Int32Array, at: number, room: number): string {
  const source = new Uint8Array(words.buffer, at, room);
  const length = (source[0] as number) | ((source[1] as number) << 8);
  return decoder.decode(source.slice(2, 2 + Math.min(length, room - 2)));
}
