import { type ExtendedRequestHeader, NBD_CMD_FLAG_FUA, newExtendedRequestHeader } from '@coaio/nbd-protocol';

/** A request of either form; a compact one has no `lengthHigh` but 0, so that all have the same shape. */
export type Request = Readonly<ExtendedRequestHeader>;

export const newRequest = newExtendedRequestHeader;

/** Exact up to 2^53; beyond, still larger than any export. */
export function offsetOf(request: Request): number {
  return request.offsetHigh * 2 ** 32 + request.offsetLow;
}

/** As {@link offsetOf}. */
export function lengthOf(request: Request): number {
  return request.lengthHigh * 2 ** 32 + request.length;
}

export function isFua(request: Request): boolean {
  return (request.flags & NBD_CMD_FLAG_FUA) !== 0;
}
