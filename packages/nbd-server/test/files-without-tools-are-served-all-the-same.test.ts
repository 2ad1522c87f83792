import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileExport } from '../src/index.js';
import { bytesOf, extentsOf, trimOf, zeroIn } from './support/backend-calls.js';
import { ABSENT, diskFile, fakeCommands } from './support/disk-files.js';
import { pattern, sameBytes } from './support/raw-client.js';

const MIB = 2 ** 20;

async function openDisk(): Promise<{ disk: FileExport; path: string }> {
  const path = diskFile(pattern(4 * MIB));
  const disk = await FileExport.open(path);
  onTestFinished(() => disk.close());
  return { disk, path };
}

test.each([
  ['they are absent', ABSENT],
  ['the file system cannot do it', "echo 'fallocate: fallocate failed: Operation not supported'; exit 1"],
  ['it is a busybox that knows no -p', "echo 'Usage: fallocate [-o OFS] -l LEN FILE'; exit 1"],
  ['they are killed', 'kill -9 $$'],
  ['the shell is killed', 'kill -9 $PPID'],
])('zeroes are written, trims do nothing, all is data: %s', async (_, script) => {
  fakeCommands({ fallocate: script, filefrag: script });
  const { disk, path } = await openDisk();
  await zeroIn(disk, MIB - 100, 2 * MIB);
  await zeroIn(disk, 0, MIB, false);
  const expected = pattern(4 * MIB).fill(0, 0, 3 * MIB - 100);
  expect(sameBytes(readFileSync(path), expected)).toBe(true);
  await trimOf(disk, 3 * MIB, MIB);
  expect(sameBytes(await bytesOf(disk, 0, 4 * MIB), expected)).toBe(true);
  expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(4 * MIB);
  expect(await extentsOf(disk, 5, 2 * MIB)).toEqual([[2 * MIB, 0]]);
});

test('what does not work is not tried again', async () => {
  const folder = fakeCommands({ fallocate: `echo x >> "$(dirname "$0")/calls"; ${ABSENT}` });
  const { disk } = await openDisk();
  for (let i = 0; i < 3; i++) await zeroIn(disk, 0, 2 * MIB);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('x\n');
});

test.each([
  ['No space left on device', 'ENOSPC'],
  ['Input/output error', 'EIO'],
  ['Disk quota exceeded', 'EDQUOT'],
])('%s is the error of the request, and the next is tried', async (words, code) => {
  const folder = fakeCommands({
    fallocate: `echo x >> "$(dirname "$0")/calls"; echo 'fallocate: fallocate failed: ${words}'; exit 1`,
  });
  const { disk } = await openDisk();
  for (let i = 0; i < 2; i++) {
    await expect(zeroIn(disk, 0, 2 * MIB, false)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/zero of 2097152 bytes at 0/),
    });
    await expect(trimOf(disk, 0, 2 * MIB)).rejects.toMatchObject({ code });
  }
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toHaveLength(8);
});

test('short trims do nothing, short zeroes are written', async () => {
  fakeCommands({ fallocate: 'exit 1' });
  const { disk } = await openDisk();
  await trimOf(disk, 0, 65_535);
  await zeroIn(disk, 100, 5000);
  expect(sameBytes(await bytesOf(disk, 0, 10_000), pattern(10_000).fill(0, 100, 5100))).toBe(true);
});

test('a map that has no end is not waited for', async () => {
  fakeCommands({
    filefrag: "exec yes '   0:     9760..    9767:   50374176..  50374183:      8:  9760: last'",
  });
  const { disk } = await openDisk();
  expect(await extentsOf(disk, 0, 4 * MIB)).toEqual([[4 * MIB, 0]]);
});

// On a file system that is trusted it would say that all is a hole.
test('a map is not believed of a tool that failed', async () => {
  const folder = fakeCommands({
    filefrag: `echo x >> "$(dirname "$0")/calls"
echo 'Filesystem type is: ef53'
echo 'File size of /proc/self/fd/3 is ${4 * MIB} (8192 blocks of 512 bytes)'
echo '/proc/self/fd/3: 0 extents found'
exit 5`,
  });
  const { disk } = await openDisk();
  expect(await extentsOf(disk, 0, 4 * MIB)).toEqual([[4 * MIB, 0]]);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('x\n');
});
