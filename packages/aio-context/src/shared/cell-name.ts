import { NAME, NAME_BYTES, wordsOf } from './layout.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
// TextEncoder and TextDecoder refuse shared memory.
const buffer = new Uint8Array(NAME_BYTES);

/** Writes as much of `name` as the cell holds. */
export function writeName(words: Int32Array, cell: number, name: string): void {
  buffer.fill(0);
  encoder.encodeInto(name, buffer);
  new Uint8Array(words.buffer, (wordsOf(cell) + NAME) * 4, NAME_BYTES).set(buffer);
}

export function readName(words: Int32Array, cell: number): string {
  buffer.set(new Uint8Array(words.buffer, (wordsOf(cell) + NAME) * 4, NAME_BYTES));
  const end = buffer.indexOf(0);
  return decoder.decode(buffer.subarray(0, end < 0 ? NAME_BYTES : end));
}
