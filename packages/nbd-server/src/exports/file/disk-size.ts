import { type FileHandle, readFile } from 'node:fs/promises';
import { NbdUsageError } from '@coaio/nbd-protocol';

/** What sysfs counts in, whatever the device's own sectors are. */
const SECTOR_SIZE = 512;

/**
 * Bytes of an open regular file or block device.
 * @throws NbdUsageError `NBD_BAD_EXPORT`: neither of them, or a device of unknown size.
 */
export async function diskSize(file: FileHandle, path: string): Promise<number> {
  const stat = await file.stat();
  if (stat.isFile()) return stat.size;
  if (stat.isBlockDevice()) return await deviceSize(path, stat.rdev);
  throw new NbdUsageError('NBD_BAD_EXPORT', path, 'neither a regular file nor a block device');
}

/**
 * Bytes of a block device. `stat` says 0, and Node can neither seek nor call ioctl, so Linux's sysfs is asked.
 * @throws NbdUsageError `NBD_BAD_EXPORT`: there is no such file.
 */
export async function deviceSize(path: string, rdev: number): Promise<number> {
  try {
    const text = await readFile(`/sys/dev/block/${majorMinor(rdev)}/size`, 'utf8');
    return Number(text) * SECTOR_SIZE;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NbdUsageError(
      'NBD_BAD_EXPORT',
      path,
      `the size of this block device cannot be found out: ${why}`,
    );
  }
}

/** Linux's encoding: 12 + 20 bits of major, 8 + 12 (or more) of minor, interleaved. */
export function majorMinor(rdev: number): string {
  const low = rdev % 2 ** 32;
  const high = Math.floor(rdev / 2 ** 32);
  const major = ((low >>> 8) & 0xfff) | (high & 0xfffff000);
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00);
  return `${major}:${minor}`;
}
