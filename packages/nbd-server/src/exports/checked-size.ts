import { NbdUsageError } from '@coaio/nbd-protocol';

/** @throws NbdUsageError `NBD_BAD_EXPORT`: `size` is no size of a disk. `what` names the disk. */
export function checkedSize(what: string, size: bigint | number): number {
  const bytes = Number(size);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const limit = Number.MAX_SAFE_INTEGER;
  throw new NbdUsageError('NBD_BAD_EXPORT', what, `size ${size} is not a whole number from 0 to ${limit}`);
}
