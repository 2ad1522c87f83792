import { NbdUsageError } from '@coaio/nbd-protocol';
import type { NbdBackend } from './nbd-backend.js';

/** A disk in memory, gone with the process. Its reads are sent straight from that memory. */
export class MemoryExport implements NbdBackend {
  readonly size: number;
  /** The disk itself: what is changed here, clients read. */
  readonly bytes: Uint8Array;

  /**
   * @param disk its size in bytes, which are all zero; or its bytes, which are not copied
   * @throws NbdUsageError `NBD_BAD_EXPORT`: no size, or more than this Node can allocate.
   */
  constructor(disk: bigint | number | Uint8Array) {
    // A Buffer's own subarray() takes longer.
    this.bytes =
      disk instanceof Uint8Array
        ? new Uint8Array(disk.buffer, disk.byteOffset, disk.length)
        : zeroes(Number(disk));
    this.size = this.bytes.length;
  }

  /** A disk of these bytes, which are not copied. */
  static from(bytes: Uint8Array): MemoryExport {
    return new MemoryExport(bytes);
  }

  read(offset: number, target: Uint8Array): void {
    target.set(this.view(offset, target.length));
  }

  view(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }

  write(offset: number, data: Uint8Array): void {
    this.bytes.set(data, offset);
  }
}

function zeroes(size: number): Uint8Array {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new NbdUsageError('NBD_BAD_EXPORT', 'memory export', `size ${size} is not a whole number of bytes`);
  }
  try {
    return new Uint8Array(size);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NbdUsageError('NBD_BAD_EXPORT', 'memory export', `${size} bytes cannot be had: ${why}`);
  }
}
