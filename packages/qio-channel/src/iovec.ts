/** Some bytes, in several pieces of memory (`struct iovec`). */
export type IOVec = readonly Uint8Array[];

/** The number of bytes in `iov` (`iov_size`). */
export function iovSize(iov: IOVec): number {
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
