const WORD = 4;
/** Odd: neighbouring words differ in all of their bits. */
const SPREAD = 0x9e3779b1;

/**
 * What `--verify` writes: words of 32 bits, each made of its place in the export and the seed. So all jobs write the same to a block, in
 * whatever order and size, and who reads it needs to remember nothing. `offset` and length are multiples of 4.
 */
export function fillPattern(target: Uint8Array, offset: number, seed: number): void {
  const words = new Uint32Array(target.buffer, target.byteOffset, target.length / WORD);
  const first = offset / WORD;
  const left = 2 ** 32 - (first % 2 ** 32);
  if (words.length > left) {
    fillPattern(target.subarray(0, left * WORD), offset, seed);
    fillPattern(target.subarray(left * WORD), offset + left * WORD, seed);
    return;
  }
  let low = Math.imul(first >>> 0, SPREAD);
  const high = Math.imul(Math.floor(first / 2 ** 32), 0x85ebca6b) ^ Math.imul(seed, 0x27d4eb2f);
  for (let i = 0; i < words.length; i++) {
    words[i] = low ^ (low >>> 15) ^ high;
    low = (low + SPREAD) | 0;
  }
}

/** Compares blocks with the pattern, in memory that is used again. */
export class PatternCheck {
  readonly #expected: Buffer;
  readonly #seed: number;

  constructor(bs: number, seed: number) {
    this.#expected = Buffer.alloc(bs);
    this.#seed = seed;
  }

  /** What is wrong with `bytes`; null: nothing. */
  complaint(bytes: Uint8Array, offset: number): string | null {
    const expected = this.#expected;
    fillPattern(expected, offset, this.#seed);
    if (expected.equals(bytes)) return null;
    const at = expected.findIndex((byte, index) => byte !== bytes[index]);
    return `verify: byte ${offset + at} is ${hex(bytes[at])}, ${hex(expected[at])} was written`;
  }
}

function hex(byte: number | undefined): string {
  return `0x${(byte ?? 0).toString(16).padStart(2, '0')}`;
}
