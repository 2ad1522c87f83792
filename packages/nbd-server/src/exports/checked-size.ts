import { NbdUsageError } from '@coaio/nbd-protocol';

/** @throws NbdUsageError `NBD_BAD_EXPORT`: `size` is no size of a disk. `what` names the disk. */
export function checkedSize(what: string, size: bigint | number): number {
  const bytes = typeof size === 'bigint' ? Number(size) : size;
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const limit = Number.MAX_SAFE_INTEGER;
  const shown = typeof size === 'string' ? JSON.stringify(size) : String(size);
  throw new NbdUsageError('NBD_BAD_EXPORT', what, `size ${shown} is not a whole number from 0 to ${limit}`);
}
