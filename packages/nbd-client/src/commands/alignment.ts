import type { ExportInfo } from '@coaio/nbd-protocol';

/** A range cut at block borders. Offsets as bigint: this is no hot path. */
export interface AlignedRange {
  readonly start: bigint;
  readonly length: number;
}

/** The smallest range of whole blocks round this one; the last block of an export may be cut short by its end. */
export function widened(info: ExportInfo, offset: number | bigint, length: number): AlignedRange {
  const block = BigInt(info.blockSize.minimum);
  const from = BigInt(offset);
  const start = from - (from % block);
  const reach = from + BigInt(length) + block - 1n;
  const end = reach - (reach % block);
  return { start, length: Number((end < info.size ? end : info.size) - start) };
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
