import { setImmediate } from 'node:timers/promises';
import { assertWithin } from './assert-within.js';
import { checkedSize } from './checked-size.js';
import type { DiskMemory } from './memory/disk-memory.js';
import { FlatMemory } from './memory/flat-memory.js';
import {
  type MemoryExportHandle,
  SharedSparseMemory,
  sharedMemoryHandle,
} from './memory/shared-sparse-memory.js';
import { SparseMemory } from './memory/sparse-memory.js';
import type { NbdBackend, NbdExtent, NbdWriteOptions, NbdZeroOptions } from './nbd-backend.js';

const WHAT = 'memory export';

/**
 * A disk in memory, gone with the process. What lies within one of its chunks is sent straight from there.
 *
 * A disk of a size takes memory where it is written to, by chunks of 1 MiB, and gives back those that a trim or a write
 * of zeroes covers: 8 TiB cost nothing until then. Payloads may be received straight into its chunks: of a client that leaves in
 * the middle of one, a part may be written. A disk of bytes is these bytes, and has payloads whole or not at all.
 */
export class MemoryExport implements NbdBackend {
  readonly canFastZero = true;
  readonly #disk: DiskMemory;
  #zeroTurn = Promise.resolve();

  /**
   * @param disk its size in bytes, which are all zero; or its bytes, which are not copied; or a handle of {@link share}
   * @throws NbdUsageError `NBD_BAD_EXPORT`: no size; as {@link attach}.
   */
  constructor(disk: bigint | number | Uint8Array | MemoryExportHandle) {
    if (disk instanceof Uint8Array) this.#disk = new FlatMemory(disk);
    else if (typeof disk === 'object') this.#disk = SharedSparseMemory.attach(disk);
    else this.#disk = new SparseMemory(checkedSize(WHAT, disk));
  }

  /** A disk of these bytes, which are not copied. */
  static from(bytes: Uint8Array): MemoryExport {
    return new MemoryExport(bytes);
  }

  /**
   * A disk of zeroes for several threads: {@link attach} gives each of them its export of it. Nothing waits for another thread, and
   * memory is had and given back as for a disk of a size. It is one of 64 TiB at most, and keeps its size.
   *
   * @throws NbdUsageError `NBD_BAD_EXPORT`: no size, or too large.
   */
  static share(size: bigint | number): MemoryExportHandle {
    return sharedMemoryHandle(checkedSize(WHAT, size));
  }

  /**
   * This thread's export of a disk of {@link share}.
   * @throws NbdUsageError `NBD_BAD_ARGUMENT`: no such handle; the disk was written to before this thread was there.
   */
  static attach(handle: MemoryExportHandle): MemoryExport {
    return new MemoryExport(handle);
  }

  /** Bytes. */
  get size(): number {
    return this.#disk.size;
  }

  /**
   * The whole disk as one array. Of a disk of bytes it is these: what is changed there, clients read. Else it is a copy.
   * @throws RangeError it is larger than an array can be.
   */
  get bytes(): Uint8Array {
    return this.#disk.toBytes();
  }

  /**
   * Makes it longer by zeroes, or shorter. Clients learn of it by `NbdServer.resizeExport`.
   * @throws NbdUsageError `NBD_BAD_EXPORT`: no size; `NBD_BAD_ARGUMENT`: a disk of bytes, or of several threads, keeps its size.
   */
  resize(size: bigint | number): void {
    this.#disk.resize(checkedSize(WHAT, size));
  }

  read(offset: number, target: Uint8Array): void {
    this.#disk.read(offset, target);
  }

  view(offset: number, length: number): Uint8Array | null {
    return this.#disk.view(offset, length);
  }

  write(offset: number, data: Uint8Array): void {
    assertWithin(WHAT, this.size, offset, data.length);
    this.#disk.write(offset, data);
  }

  landing(offset: number, length: number): Uint8Array | null {
    assertWithin(WHAT, this.size, offset, length);
    return this.#disk.landing(offset, length);
  }

  trim(offset: number, length: number, _options?: NbdWriteOptions): void | Promise<void> {
    return this.#zero(offset, length, true);
  }

  writeZeroes(
    offset: number,
    length: number,
    options: Pick<NbdZeroOptions, 'mayTrim'>,
  ): void | Promise<void> {
    return this.#zero(offset, length, options.mayTrim);
  }

  extents(offset: number, length: number): NbdExtent[] {
    return this.#disk.extents(offset, length);
  }

  /** Lets go of what other threads have too. */
  close(): void {
    this.#disk.close();
  }

  #zero(offset: number, length: number, mayDrop: boolean): void | Promise<void> {
    const stopped = this.#disk.zero(offset, length, mayDrop);
    if (stopped < offset + length) return this.#zeroRest(stopped, offset + length, mayDrop);
  }

  /** Others have their turn in between: of all that is to be zeroed a piece in each. */
  async #zeroRest(start: number, end: number, mayDrop: boolean): Promise<void> {
    for (let at = start; at < end; ) {
      this.#zeroTurn = this.#zeroTurn.then(() => setImmediate());
      await this.#zeroTurn;
      at = this.#disk.zero(at, end - at, mayDrop);
    }
  }
}
