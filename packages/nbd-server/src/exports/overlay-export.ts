import type { Co } from '@coaio/coroutine';
import { type BlockSize, DEFAULT_BLOCK_SIZE, NbdUsageError } from '@coaio/nbd-protocol';
import { coWork, isDone } from './co-work.js';
import { extentsWork } from './extents-work.js';
import { MAX_EXTENTS } from './max-extents.js';
import { MemoryExport } from './memory-export.js';
import type {
  NbdBackend,
  NbdExtent,
  NbdExtentOptions,
  NbdReadOptions,
  NbdWork,
  NbdWriteOptions,
  NbdZeroOptions,
} from './nbd-backend.js';
import { BlockMap } from './overlay/block-map.js';
import { clippedExtents } from './overlay/clipped-extents.js';
import { RangeLocks } from './overlay/range-locks.js';

const BLOCK_SIZE = 2 ** 16;
/** Zeroes that are written to a top that has no command for it. */
const ZEROES_AT_ONCE = 2 ** 20;

export interface OverlayExportOptions {
  /** Where writes go; default: sparse memory. At least as long as the base. What it holds before is never seen. */
  top?: NbdBackend | undefined;
}

/** A stretch that is in one layer. */
interface Piece {
  readonly layer: NbdBackend;
  readonly offset: number;
  readonly length: number;
}

/**
 * A disk to write to over one that is not written to: a block of 64 KiB is read from the base until something is written to
 * it, and is in the top from then on (as with nbdkit's cow filter). Which blocks those are is gone with this object.
 *
 * Nobody may change the base meanwhile, or blocks mix its old bytes and its new ones.
 */
export class OverlayExport implements NbdBackend {
  readonly size: number;
  readonly blockSize: BlockSize;
  readonly canFastZero: boolean;
  /** There if one of the layers has it. */
  readonly cache?: NonNullable<NbdBackend['cache']>;
  readonly #base: NbdBackend;
  readonly #top: NbdBackend;
  readonly #blocks: BlockMap;
  readonly #locks = new RangeLocks();
  /** The most that either layer takes in one request. */
  readonly #atOnce: number;

  /** @throws NbdUsageError `NBD_BAD_EXPORT`: the top is too short or read-only, or there are too many blocks. */
  constructor(base: NbdBackend, { top }: OverlayExportOptions = {}) {
    this.size = Number(base.size);
    this.#base = base;
    this.#top = top ?? new MemoryExport(this.size);
    this.blockSize = strictest(
      base.blockSize ?? DEFAULT_BLOCK_SIZE,
      this.#top.blockSize ?? DEFAULT_BLOCK_SIZE,
    );
    const { minimum, maximum } = this.blockSize;
    this.#atOnce = Math.max(minimum, maximum - (maximum % minimum));
    this.#blocks = new BlockMap(this.size, Math.max(BLOCK_SIZE, minimum));
    this.canFastZero = this.#top.canFastZero === true;
    if (base.cache !== undefined || this.#top.cache !== undefined) {
      this.cache = (offset, length) => this.#cache(offset, length);
    }
    if (this.#top.write === undefined || this.#top.readOnly === true) throw bad('the top is read-only');
    if (Number(this.#top.size) < this.size) {
      throw bad(`the top has ${this.#top.size} bytes, the base ${this.size}`);
    }
  }

  read(offset: number, target: Uint8Array, options: NbdReadOptions): NbdWork {
    const piece = this.#piece(offset, target.length);
    if (piece.length === target.length) return piece.layer.read(offset, target, options);
    return this.#readPieces(offset, target, options);
  }

  view(offset: number, length: number): Uint8Array | null {
    const piece = this.#piece(offset, length);
    return piece.length === length ? (piece.layer.view?.(offset, length) ?? null) : null;
  }

  write(offset: number, data: Uint8Array, options: NbdWriteOptions): NbdWork {
    if (this.#isInTop(offset, data.length)) return this.#top.write?.(offset, data, options);
    return this.#over(offset, data.length, () => coWork(this.#top.write?.(offset, data, options)));
  }

  landing(offset: number, length: number): Uint8Array | null {
    return this.#isInTop(offset, length) ? (this.#top.landing?.(offset, length) ?? null) : null;
  }

  flush(): NbdWork {
    return this.#top.flush?.();
  }

  /** Whole blocks become holes of the top. */
  trim(offset: number, length: number, { fua }: NbdWriteOptions): NbdWork {
    const { blockSize } = this.#blocks;
    const start = Math.ceil(offset / blockSize) * blockSize;
    const end =
      offset + length === this.size ? this.size : Math.floor((offset + length) / blockSize) * blockSize;
    if (start >= end || this.#top.writeZeroes === undefined) return;
    return this.writeZeroes(start, end - start, { fua, mayTrim: true, fast: false });
  }

  writeZeroes(offset: number, length: number, options: NbdZeroOptions): NbdWork {
    return this.#over(offset, length, () => this.#zeroTop(offset, length, options));
  }

  extents(offset: number, length: number, options: NbdExtentOptions): NbdWork<NbdExtent[]> {
    const piece = this.#piece(offset, length);
    const work = extentsOf(piece, options);
    if (isDone(work) && piece.length === length) return clippedExtents(work, length);
    return this.#extents(work, piece, offset + length, options);
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled(
      [this.#base, this.#top].map(async (layer) => await layer.close?.()),
    );
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  /** The stretch from `offset` on, of `length` bytes at most. */
  #piece(offset: number, length: number): Piece {
    const { blockSize } = this.#blocks;
    const block = Math.floor(offset / blockSize);
    const end = this.#blocks.endOfRun(block, Math.ceil((offset + length) / blockSize));
    const layer = this.#blocks.has(block) ? this.#top : this.#base;
    return { layer, offset, length: Math.min(offset + length, end * blockSize) - offset };
  }

  #isInTop(offset: number, length: number): boolean {
    const piece = this.#piece(offset, length);
    return piece.layer === this.#top && piece.length === length;
  }

  *#readPieces(offset: number, target: Uint8Array, options: NbdReadOptions): Co<void> {
    for (let done = 0; done < target.length; ) {
      const { layer, length } = this.#piece(offset + done, target.length - done);
      yield* coWork(layer.read(offset + done, target.subarray(done, done + length), options));
      done += length;
    }
  }

  /** From the first piece, which was asked already, up to `end`. */
  *#extents(
    first: NbdWork<Iterable<NbdExtent>>,
    { offset, length }: Piece,
    end: number,
    options: NbdExtentOptions,
  ): Co<NbdExtent[]> {
    const extents = clippedExtents(yield* coWork(first), length);
    let told = extents.reduce((sum, extent) => sum + extent.length, 0);
    let piece = { offset, length };
    const isOpen = (): boolean =>
      told === piece.length && piece.offset + told < end && extents.length < MAX_EXTENTS;
    while (!options.one && isOpen()) {
      const next = this.#piece(piece.offset + told, end - piece.offset - told);
      const more = clippedExtents(yield* coWork(extentsOf(next, options)), next.length);
      for (const extent of more) extents.push(extent);
      told = more.reduce((sum, extent) => sum + extent.length, 0);
      piece = next;
    }
    return extents;
  }

  *#cache(offset: number, length: number): Co<void> {
    for (let at = offset; at < offset + length; ) {
      const piece = this.#piece(at, offset + length - at);
      yield* coWork(piece.layer.cache?.(at, piece.length));
      at += piece.length;
    }
  }

  /** Runs `change` of the top, which covers the range, with all that its blocks have besides in the top. */
  #over(offset: number, length: number, change: () => Co<void>): Co<void> {
    const { blockSize } = this.#blocks;
    const end = offset + length;
    const first = Math.floor(offset / blockSize);
    const last = Math.ceil(end / blockSize) - 1;
    const locked = function* (this: OverlayExport): Co<void> {
      if (offset > first * blockSize) yield* this.#copyUp(first);
      if (end < Math.min((last + 1) * blockSize, this.size)) yield* this.#copyUp(last);
      yield* change();
      this.#blocks.add(first, last + 1);
    };
    return this.#locks.run(first, last + 1, () => locked.call(this));
  }

  *#copyUp(block: number): Co<void> {
    if (this.#blocks.has(block)) return;
    const { blockSize } = this.#blocks;
    const offset = block * blockSize;
    const bytes = new Uint8Array(Math.min(blockSize, this.size - offset));
    for (let done = 0; done < bytes.length; done += this.#atOnce) {
      const piece = bytes.subarray(done, done + this.#atOnce);
      yield* coWork(this.#base.read(offset + done, piece, { fua: false }));
      yield* coWork(this.#top.write?.(offset + done, piece, { fua: false }));
    }
    this.#blocks.add(block, block + 1);
  }

  *#zeroTop(offset: number, length: number, options: NbdZeroOptions): Co<void> {
    if (this.#top.writeZeroes !== undefined) {
      yield* coWork(this.#top.writeZeroes(offset, length, options));
      return;
    }
    const zeroes = new Uint8Array(Math.min(length, ZEROES_AT_ONCE, this.#atOnce));
    for (let done = 0; done < length; done += zeroes.length) {
      yield* coWork(this.#top.write?.(offset + done, zeroes.subarray(0, length - done), options));
    }
  }
}

function extentsOf(
  { layer, offset, length }: Piece,
  options: NbdExtentOptions,
): NbdWork<Iterable<NbdExtent>> {
  const given = layer.extents?.(offset, length, options) ?? [{ length, status: 0 }];
  return extentsWork(given, length, options);
}

function strictest(a: BlockSize, b: BlockSize): BlockSize {
  return {
    minimum: Math.max(a.minimum, b.minimum),
    preferred: Math.max(a.preferred, b.preferred),
    maximum: Math.min(a.maximum, b.maximum),
  };
}

function bad(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_EXPORT', 'overlay export', detail);
}
