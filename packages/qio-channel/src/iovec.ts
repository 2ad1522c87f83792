import { QIOChannelError } from './qio-channel-error.js';

/** Some bytes, in several pieces of memory (`struct iovec`). */
export type IOVec = readonly Uint8Array[];

/**
 * For callers without types: of a piece that is no list each byte is a piece without a length, so that a write would do nothing and
 * a read find the end.
 */
function assertList(iov: IOVec): void {
  if (Array.isArray(iov)) return;
  throw new QIOChannelError(
    'QIO_CHANNEL_BAD_ARGUMENT',
    'the bytes are no list of Uint8Arrays, such as [bytes]',
  );
}

export function iovIsEmpty(iov: IOVec): boolean {
  assertList(iov);
  for (const piece of iov) if (piece.length > 0) return false;
  return true;
}

/** The number of bytes in `iov` (`iov_size`). */
export function iovSize(iov: IOVec): number {
  assertList(iov);
  let size = 0;
  for (const piece of iov) size += piece.length;
  return size;
}

/** What is left of `iov` without its first `count` bytes (`iov_discard_front`). Empty pieces are dropped. */
export function iovDiscardFront(iov: IOVec, count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let discard = count;
  for (const piece of iov) {
    if (discard >= piece.length) discard -= piece.length;
    else {
      rest.push(discard === 0 ? piece : piece.subarray(discard));
      discard = 0;
    }
  }
  return rest;
}

/** The first `count` bytes of `iov`, where they are. */
export function iovFront(iov: IOVec, count: number): Uint8Array[] {
  const front: Uint8Array[] = [];
  let left = count;
  for (const piece of iov) {
    if (left === 0) break;
    const part = piece.length <= left ? piece : piece.subarray(0, left);
    front.push(part);
    left -= part.length;
  }
  return front;
}

/** Copies the start of `bytes` into `iov` (`iov_from_buf`). @returns how many fitted. */
export function iovFromBuffer(iov: IOVec, bytes: Uint8Array): number {
  let copied = 0;
  for (const piece of iov) {
    if (copied === bytes.length) break;
    const count = Math.min(piece.length, bytes.length - copied);
    piece.set(bytes.subarray(copied, copied + count));
    copied += count;
  }
  return copied;
}

/** The start of `iov`, in memory of its own: at most its first `limit` bytes (`iov_to_buf`). */
export function iovCopyOfStart(iov: IOVec, limit: number): Uint8Array {
  const copy = Buffer.allocUnsafe(Math.min(limit, iovSize(iov)));
  let at = 0;
  for (const piece of iov) {
    if (at === copy.length) break;
    const part = piece.length <= copy.length - at ? piece : piece.subarray(0, copy.length - at);
    copy.set(part, at);
    at += part.length;
  }
  return copy;
}

/** `node:fs` passes the length of a piece in 32 bits: one of 4 GiB would be empty to libuv. It refuses to write one of 2 GiB. */
export const MAX_PIECE = 2 ** 30;

/** What the system may be given of `iov` in one call: as far as no piece is longer than {@link MAX_PIECE}. */
export function iovBounded(iov: IOVec): IOVec {
  const long = iov.findIndex((piece) => piece.length > MAX_PIECE);
  if (long < 0) return iov;
  return iov.slice(0, long + 1).map((piece) => piece.subarray(0, MAX_PIECE));
}
