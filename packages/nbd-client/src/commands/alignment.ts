import type { ExportInfo } from '@coaio/nbd-protocol';

/** A range cut at block borders. Offsets as bigint: this is no hot path. */
export interface AlignedRange {
  readonly start: bigint;
  readonly length: number;
}

/**
 * The smallest range of whole blocks round this one; the last block of an export may be cut short by its end. What goes past that, with the
 * check of bounds off, is the server's to refuse: all of it is asked for.
 */
export function widened(info: ExportInfo, offset: number | bigint, length: number): AlignedRange {
  const block = BigInt(info.blockSize.minimum);
  const from = BigInt(offset);
  const to = from + BigInt(length);
  const start = from - (from % block);
  const reach = to + block - 1n;
  const end = reach - (reach % block);
  const isCut = to <= info.size && info.size < end;
  return { start, length: Number((isCut ? info.size : end) - start) };
}

/** The whole blocks within this range; length 0 if there is none. */
export function narrowed(info: ExportInfo, offset: number | bigint, length: number): AlignedRange {
  const block = BigInt(info.blockSize.minimum);
  const from = BigInt(offset) + block - 1n;
  const start = from - (from % block);
  const to = BigInt(offset) + BigInt(length);
  const end = to === info.size ? to : to - (to % block);
  return { start, length: end > start ? Number(end - start) : 0 };
}
