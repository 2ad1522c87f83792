/** Size constraints of an export, in bytes (NBD_INFO_BLOCK_SIZE). */
export interface BlockSize {
  /** Every offset and length is a multiple of it. */
  readonly minimum: number;
  /** Multiples of it are served without read-modify-write. */
  readonly preferred: number;
  /** Longest payload of one request. */
  readonly maximum: number;
}

/** proto.md, size constraints: what holds when the server advertises none. */
export const DEFAULT_BLOCK_SIZE: BlockSize = Object.freeze({
  minimum: 1,
  preferred: 4096,
  maximum: 32 * 1024 * 1024,
});

/** Says which MUST of "Size constraints" the values break, or undefined when they break none. */
export function blockSizeViolation({ minimum, preferred, maximum }: BlockSize): string | undefined {
  if (!isPowerOfTwo(minimum) || minimum > 65536) {
    return `minimum block size ${minimum} is not a power of 2 up to 65536`;
  }
  const least = Math.max(minimum, 512);
  if (!isPowerOfTwo(preferred) || preferred < least) {
    return `preferred block size ${preferred} is not a power of 2 from ${least}`;
  }
  if (!Number.isInteger(maximum) || maximum < preferred || maximum > 0xffffffff) {
    return `maximum payload ${maximum} is not between the preferred block size ${preferred} and 4294967295`;
  }
  return undefined;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0xffffffff && (value & (value - 1)) === 0;
}
