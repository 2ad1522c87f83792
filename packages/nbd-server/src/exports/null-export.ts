import { NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import { checkedSize } from './checked-size.js';
import type { NbdBackend, NbdExtent } from './nbd-backend.js';

const WHAT = 'null export';
const HOLE = NBD_STATE_HOLE | NBD_STATE_ZERO;
/** Longer reads are rare, and copy their zeroes. */
const ZEROES_AT_ONCE = 2 ** 20;

/** A disk of zeroes that forgets what is written to it (nbdkit's null plugin): for measuring all but the disk. */
export class NullExport implements NbdBackend {
  readonly canFastZero = true;
  readonly #zeroes = new Uint8Array(ZEROES_AT_ONCE);
  #size: number;

  /** @throws NbdUsageError `NBD_BAD_EXPORT`: no size. */
  constructor(size: bigint | number) {
    this.#size = checkedSize(WHAT, size);
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Clients learn of it by `NbdServer.resizeExport`.
   * @throws NbdUsageError `NBD_BAD_EXPORT`: no size.
   */
  resize(size: bigint | number): void {
    this.#size = checkedSize(WHAT, size);
  }

  read(_offset: number, target: Uint8Array): void {
    target.fill(0);
  }

  view(_offset: number, length: number): Uint8Array | null {
    return length <= ZEROES_AT_ONCE ? this.#zeroes.subarray(0, length) : null;
  }

  write(): void {}

  trim(): void {}

  writeZeroes(): void {}

  extents(_offset: number, length: number): NbdExtent[] {
    return [{ length, status: HOLE }];
  }
}
