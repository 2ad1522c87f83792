import { NbdUsageError } from '@coaio/nbd-protocol';

/** A byte each: the search for the end of a run is then the system's own, and pages of it that are zero take no memory. */
const MAX_BLOCKS = 2 ** 32;

/** Which blocks of an overlay are in its top. */
export class BlockMap {
  readonly blockSize: number;
  readonly #inTop: Uint8Array;

  /** @throws NbdUsageError `NBD_BAD_EXPORT`: too many blocks. */
  constructor(size: number, blockSize: number) {
    this.blockSize = blockSize;
    const count = Math.ceil(size / blockSize);
    if (count > MAX_BLOCKS) {
      const detail = `${size} bytes are ${count} blocks of ${blockSize}, more than ${MAX_BLOCKS}`;
      throw new NbdUsageError('NBD_BAD_EXPORT', 'overlay export', detail);
    }
    this.#inTop = new Uint8Array(count);
  }

  has(block: number): boolean {
    return this.#inTop[block] === 1;
  }

  /** Blocks from `first` to before `end` are in the top from now on. */
  add(first: number, end: number): void {
    this.#inTop.fill(1, first, end);
  }

  /** The first block after `block`, before `end`, which is not where `block` is; else `end`. */
  endOfRun(block: number, end: number): number {
    const other = this.#inTop.subarray(block, end).indexOf(this.has(block) ? 0 : 1);
    return other < 0 ? end : block + other;
  }
}
