import { NbdUsageError } from '@coaio/nbd-protocol';
import type { NbdExtent } from '../nbd-backend.js';
import type { DiskMemory } from './disk-memory.js';

const ZEROES_AT_ONCE = 16 * 2 ** 20;

/** Bytes of somebody else: the disk is these, and keeps them. */
export class FlatMemory implements DiskMemory {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    // A Buffer's own subarray() takes longer.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get size(): number {
    return this.#bytes.length;
  }

  resize(size: number): void {
    if (size === this.size) return;
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      'resize',
      `${this.size} bytes that were given cannot become ${size}`,
    );
  }

  read(offset: number, target: Uint8Array): void {
    target.set(this.view(offset, target.length));
  }

  view(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }

  write(offset: number, data: Uint8Array): void {
    this.#bytes.set(data, offset);
  }

  /** Their owner looks at them too, and is to see no half of a payload whose client has left. */
  landing(): null {
    return null;
  }

  zero(offset: number, length: number): number {
    const end = offset + Math.min(length, ZEROES_AT_ONCE);
    this.#bytes.fill(0, offset, end);
    return end;
  }

  extents(_offset: number, length: number): NbdExtent[] {
    return [{ length, status: 0 }];
  }

  toBytes(): Uint8Array {
    return this.#bytes;
  }

  close(): void {}
}
