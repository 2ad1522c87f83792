import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileExport } from '../src/index.js';
import { done, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { diskFile } from './support/disk-files.js';
import { pattern } from './support/raw-client.js';

const O_DSYNC = 0o10000;

/** The flags of each descriptor that this process has of the file. */
function flagsOf(path: string): number[] {
  return readdirSync('/proc/self/fd')
    .filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    })
    .map((fd) =>
      Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8),
    );
}

/** `FileHandle` is not exported: its class is that of any. */
async function spyOnDatasync() {
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const spy = vi.spyOn(prototype, 'datasync');
  onTestFinished(() => spy.mockRestore());
  return spy;
}

test.runIf(process.platform === 'linux')(
  'FUA has a descriptor of its own, and waits for its bytes alone',
  async () => {
    const path = diskFile(pattern(10_000));
    const disk = await FileExport.open(path);
    const datasync = await spyOnDatasync();
    expect(flagsOf(path).map((flags) => (flags & O_DSYNC) !== 0)).toEqual([false, true]);
    await writeTo(disk, 0, new Uint8Array(100), true);
    expect(datasync).not.toHaveBeenCalled();
    await disk.close();
    expect(flagsOf(path)).toEqual([]);
  },
);

test('a flush, and FUA of what is no write, is fdatasync', async () => {
  const disk = await FileExport.open(diskFile(pattern(200_000)));
  onTestFinished(() => disk.close());
  const datasync = await spyOnDatasync();
  await done(() => disk.flush());
  await trimOf(disk, 0, 4096, true);
  await done(() => disk.writeZeroes(0, 4096, { fua: true, mayTrim: true, fast: false }));
  await done(() => disk.read(0, new Uint8Array(10), { fua: true }));
  expect(datasync).toHaveBeenCalledTimes(4);
  await disk.read(0, new Uint8Array(10));
  await writeTo(disk, 0, pattern(10));
  await zeroIn(disk, 0, 10);
  expect(datasync).toHaveBeenCalledTimes(4);
});

test('after a flush that failed there is no good one', async () => {
  const disk = await FileExport.open(diskFile(pattern(100)));
  onTestFinished(() => disk.close());
  const datasync = await spyOnDatasync();
  datasync.mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
  await expect(disk.flush()).rejects.toMatchObject({ code: 'EIO' });
  await expect(disk.flush()).rejects.toMatchObject({ code: 'EIO' });
  await expect(trimOf(disk, 0, 10, true)).rejects.toMatchObject({ code: 'EIO' });
  expect(datasync).toHaveBeenCalledTimes(1);
});

test.runIf(process.platform === 'linux')('a full disk is ENOSPC', async () => {
  const disk = await FileExport.open(diskFile(pattern(100)));
  onTestFinished(() => disk.close());
  const handle = await open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const spy = vi.spyOn(prototype, 'write').mockRejectedValue(full);
  onTestFinished(() => spy.mockRestore());
  await expect(writeTo(disk, 0, pattern(10))).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(zeroIn(disk, 0, 10)).rejects.toMatchObject({ code: 'ENOSPC' });
});
