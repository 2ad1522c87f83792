import type { FileHandle } from 'node:fs/promises';
import { NBD_STATE_HOLE, NBD_STATE_ZERO } from '@coaio/nbd-protocol';
import type { NbdExtent } from '../nbd-backend.js';
import type { FileSpace } from './file-space.js';
import type { DataRange } from './parse-filefrag.js';

/** File systems stamp a change with the time of the last tick, 10 ms at most; a clock of another machine may be off more. */
const SETTLED_MS = 1000;
const HOLE = NBD_STATE_HOLE | NBD_STATE_ZERO;

interface KnownMap {
  readonly ranges: readonly DataRange[];
  readonly changes: number;
  readonly stamp: string;
}

/**
 * Where a file has data. It is asked for anew for every answer, for others may write to the file too, unless nothing has
 * changed: neither did this process touch it, nor has its time of change.
 */
export class DataMap {
  readonly #file: FileHandle;
  readonly #space: FileSpace;
  #changes = 0;
  #known: KnownMap | null = null;

  constructor(file: FileHandle, space: FileSpace) {
    this.#file = file;
    this.#space = space;
  }

  /** To be told when a write begins and again when it has ended: a map made in between may lack it. */
  changed(): void {
    this.#changes++;
  }

  async extents(offset: number, length: number): Promise<NbdExtent[]> {
    const ranges = await this.#ranges();
    return ranges === null ? [{ length, status: 0 }] : clipped(ranges, offset, length);
  }

  async #ranges(): Promise<readonly DataRange[] | null> {
    const changes = this.#changes;
    const stat = await this.#file.stat({ bigint: true });
    if (!stat.isFile()) return null;
    const stamp = `${stat.size} ${stat.blocks} ${stat.mtimeNs} ${stat.ctimeNs}`;
    const known = this.#known;
    if (known !== null && known.changes === changes && known.stamp === stamp) return known.ranges;
    const size = Number(stat.size);
    const inFile = await this.#space.map(size);
    // What somebody has cut off fails to be read, and must not pass for zeroes.
    const ranges = inFile === null ? null : [...inFile, { start: size, end: Number.POSITIVE_INFINITY }];
    const isSettled = Date.now() - Number(stat.ctimeMs) > SETTLED_MS;
    this.#known = ranges !== null && isSettled ? { ranges, changes, stamp } : null;
    return ranges;
  }
}

function clipped(ranges: readonly DataRange[], offset: number, length: number): NbdExtent[] {
  const stop = offset + length;
  const extents: NbdExtent[] = [];
  let at = offset;
  for (let i = firstAfter(ranges, offset); at < stop; i++) {
    const { start, end } = ranges[i] ?? { start: stop, end: stop };
    const dataStart = Math.min(start, stop);
    if (dataStart > at) extents.push({ length: dataStart - at, status: HOLE });
    const dataEnd = Math.min(end, stop);
    if (dataEnd > dataStart) extents.push({ length: dataEnd - Math.max(at, dataStart), status: 0 });
    at = dataEnd;
  }
  return extents;
}

/** Index of the first range that ends after `offset`. */
function firstAfter(ranges: readonly DataRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
