import { NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import { MAX_EXTENTS } from '../max-extents.js';
import type { NbdExtent } from '../nbd-backend.js';
import { CHUNK_SIZE, newChunk } from './chunk.js';
import { type Chunks, ChunkTable } from './chunk-table.js';
import type { DiskMemory } from './disk-memory.js';

/** Chunks, of 0.1 ms or more each. */
const ZEROED_AT_ONCE = 16;
const HOLE = NBD_STATE_HOLE | NBD_STATE_ZERO;

/** Memory that is had once it is written to. What was never written, or zeroed by whole chunks, is zero. */
export class SparseMemory implements DiskMemory {
  readonly #chunks: Chunks;
  /** What holes are read from; never written. */
  readonly #zeroes = new Uint8Array(CHUNK_SIZE);
  #size: number;

  constructor(size: number, chunks: Chunks = new ChunkTable(newChunk)) {
    this.#size = size;
    this.#chunks = chunks;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * What lies beyond is dropped, and zero if the disk grows again. The last chunk is a new one: of the old one views and landings
   * are about, beyond the end too.
   */
  resize(size: number): void {
    if (size < this.#size) {
      const kept = Math.ceil(size / CHUNK_SIZE);
      const last = kept > 0 ? this.#chunks.get(kept - 1) : undefined;
      if (last !== undefined) {
        this.#chunks.replace(kept - 1);
        this.#chunks.obtain(kept - 1).set(last.subarray(0, size - (kept - 1) * CHUNK_SIZE));
      }
      this.#chunks.dropFrom(kept);
    }
    this.#size = size;
  }

  read(offset: number, target: Uint8Array): void {
    for (let done = 0; done < target.length; ) {
      const index = Math.floor((offset + done) / CHUNK_SIZE);
      const at = offset + done - index * CHUNK_SIZE;
      const count = Math.min(CHUNK_SIZE - at, target.length - done);
      const chunk = this.#chunks.get(index);
      if (chunk === undefined) target.fill(0, done, done + count);
      else target.set(chunk.subarray(at, at + count), done);
      done += count;
    }
  }

  view(offset: number, length: number): Uint8Array | null {
    const index = Math.floor(offset / CHUNK_SIZE);
    const at = offset - index * CHUNK_SIZE;
    if (at + length > CHUNK_SIZE) return null;
    return (this.#chunks.get(index) ?? this.#zeroes).subarray(at, at + length);
  }

  write(offset: number, data: Uint8Array): void {
    const index = Math.floor(offset / CHUNK_SIZE);
    const at = offset - index * CHUNK_SIZE;
    const room = CHUNK_SIZE - at;
    if (data.length <= room) {
      this.#chunks.obtain(index).set(data, at);
      return;
    }
    this.write(offset, data.subarray(0, room));
    for (let done = room; done < data.length; done += CHUNK_SIZE) {
      this.write(offset + done, data.subarray(done, done + CHUNK_SIZE));
    }
  }

  /** Nobody says when the last byte has landed: only a zeroing of the range itself may drop a chunk that was given. */
  landing(offset: number, length: number): Uint8Array | null {
    const index = Math.floor(offset / CHUNK_SIZE);
    const at = offset - index * CHUNK_SIZE;
    return at + length > CHUNK_SIZE ? null : this.#chunks.obtain(index).subarray(at, at + length);
  }

  /** A fresh chunk costs less than to fill one. What was a hole stays one: a short request must not take much memory. */
  zero(offset: number, length: number, mayDrop: boolean): number {
    const end = offset + length;
    let done = 0;
    const lastIndex = Math.ceil(end / CHUNK_SIZE);
    const first = this.#chunks.next(true, Math.floor(offset / CHUNK_SIZE), lastIndex);
    for (let index = first; index < lastIndex; index = this.#chunks.next(true, index + 1, lastIndex)) {
      const start = index * CHUNK_SIZE;
      if (++done > ZEROED_AT_ONCE) return start;
      const isWhole = offset <= start && end >= Math.min(start + CHUNK_SIZE, this.#size);
      if (isWhole && mayDrop) this.#chunks.drop(index);
      else if (isWhole) this.#chunks.replace(index);
      else this.#chunks.get(index)?.fill(0, Math.max(0, offset - start), end - start);
    }
    return end;
  }

  extents(offset: number, length: number): NbdExtent[] {
    const end = offset + length;
    const lastIndex = Math.ceil(end / CHUNK_SIZE);
    const extents: NbdExtent[] = [];
    for (let at = offset; at < end && extents.length < MAX_EXTENTS; ) {
      const index = Math.floor(at / CHUNK_SIZE);
      const isHole = this.#chunks.get(index) === undefined;
      // Not from this one on: another thread may have made or dropped it since.
      const stop = Math.min(end, this.#chunks.next(isHole, index + 1, lastIndex) * CHUNK_SIZE);
      extents.push({ length: stop - at, status: isHole ? HOLE : 0 });
      at = stop;
    }
    return extents;
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    this.read(0, bytes);
    return bytes;
  }

  close(): void {}
}
