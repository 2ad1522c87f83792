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
