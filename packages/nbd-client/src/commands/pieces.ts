import { type Co, Coroutine, coSelf, coYield } from '@coaio/coroutine';
import { aioCoKick } from '@coaio/coroutine';

/** Pieces of one call that are on their way at once. */
const AT_ONCE = 16;

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

/**
 * Does something to each piece, several at once. After one has failed no other begins; this ends when those that have begun have
 * ended, so that no memory is in use any more.
 *
 * @throws what the first failed with.
 */
export function* forEachPiece(pieces: Iterable<Piece>, each: (piece: Piece) => Co<void>): Co<void> {
  const self = coSelf();
  const left = pieces[Symbol.iterator]();
  let running = 0;
  let failure: { error: unknown } | null = null;
  const failed = (): { error: unknown } | null => failure;
  const worker = function* (): Co<void> {
    try {
      for (let next = left.next(); !next.done && failure === null; next = left.next()) yield* each(next.value);
    } catch (error) {
      failure ??= { error };
    } finally {
      running--;
      if (running === 0) aioCoKick(self);
    }
  };
  for (let started = 0; started < AT_ONCE; started++) {
    running++;
    Coroutine.create(worker, `${self.name} ${started}`).enter(self.context);
  }
  while (running > 0) yield* coYield();
  const first = failed();
  if (first !== null) throw first.error;
}
