import { readFileSync } from 'node:fs';
import { QIOChannelError } from '../qio-channel-error.js';

/** What sysfs counts in, whatever the device's own sectors are. */
const SECTOR_SIZE = 512;

/**
 * Bytes of a block device. `fstat` says 0 and Node cannot ask with `lseek` or `ioctl`, so Linux's sysfs is asked.
 *
 * @throws QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: it does not know.
 */
export function blockDeviceSize(operation: string, rdev: number): number {
  try {
    return Number(readFileSync(`/sys/dev/block/${majorMinor(rdev)}/size`, 'latin1')) * SECTOR_SIZE;
  } catch (error) {
    throw new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${operation}: the size of the device`, error);
  }
}

/** Linux's encoding: 12 + 20 bits of major, 8 + 12 (or more) of minor, interleaved. */
function majorMinor(rdev: number): string {
  const low = rdev % 2 ** 32;
  const high = Math.floor(rdev / 2 ** 32);
  const major = ((low >>> 8) & 0xfff) | (high & 0xfffff000);
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00);
  return `${major}:${minor}`;
}
