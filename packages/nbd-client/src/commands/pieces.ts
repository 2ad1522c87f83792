import type { BlockSize } from '@coaio/nbd-protocol';

/** What exceeds the server's maximum is cut into pieces of at most this: several at once fill the pipe better than one. */
const PIECE = 4 << 20;

/** A part of a range: where it is in the export, and how far from the range's start. */
export interface Piece {
  readonly offset: number | bigint;
  readonly at: number;
  readonly length: number;
}

/** `offset` moved on, in the type that it has. */
export function plus(offset: number | bigint, count: number): number | bigint {
  if (typeof offset === 'bigint') return offset + BigInt(count);
  const sum = offset + count;
  return Number.isSafeInteger(sum) ? sum : BigInt(offset) + BigInt(count);
}

/** Cuts a range at multiples of `size` bytes from its start. */
export function* piecesOf(offset: number | bigint, length: number, size: number): Generator<Piece> {
  for (let at = 0; at < length; at += size) {
    yield { offset: plus(offset, at), at, length: Math.min(size, length - at) };
  }
}

/** Largest multiple of the minimum block size in `size`. */
export function multipleOf({ minimum }: BlockSize, size: number): number {
  return Math.max(minimum, size - (size % minimum));
}

/** How long the requests should be that a long range is cut into. */
export function payloadPiece(blockSize: BlockSize, limit = PIECE): number {
  return multipleOf(blockSize, Math.min(blockSize.maximum, limit));
}
