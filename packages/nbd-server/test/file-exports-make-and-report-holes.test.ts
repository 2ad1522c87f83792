import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileExport } from '../src/index.js';
import { bytesOf, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { diskFile, fakeCommands } from './support/disk-files.js';
import { pattern, sameBytes } from './support/raw-client.js';

const MIB = 2 ** 20;
const SECTOR = 512;
const HOLE = 3;

/** Why holes cannot be tested here; null if they can. */
function noHoles(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'nbd-server-'));
  const path = join(folder, 'disk.img');
  writeFileSync(path, pattern(MIB));
  try {
    execFileSync('fallocate', ['-p', '-o', '0', '-l', String(MIB), path], { stdio: 'pipe' });
    const said = execFileSync('/usr/sbin/filefrag', ['-v', path], { encoding: 'utf8', stdio: 'pipe' });
    return /0 extents found/.test(said) ? null : said;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WHY_NOT = noHoles();

async function openDisk(content: Uint8Array | number): Promise<{ disk: FileExport; path: string }> {
  const path = diskFile(content);
  const disk = await FileExport.open(path);
  onTestFinished(() => disk.close());
  return { disk, path };
}

const used = (path: string): number => statSync(path).blocks * SECTOR;

test('a trim and a write of zeroes give the space back, to the byte', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const { disk, path } = await openDisk(pattern(8 * MIB));
  await disk.flush();
  const full = used(path);
  await trimOf(disk, MIB, 2 * MIB);
  expect(full - used(path)).toBe(2 * MIB);
  expect(sameBytes(await bytesOf(disk, MIB, 2 * MIB), new Uint8Array(2 * MIB))).toBe(true);
  await zeroIn(disk, 4 * MIB - 100, 2 * MIB + 200);
  expect(full - used(path)).toBe(4 * MIB);
  const expected = pattern(8 * MIB);
  expected.fill(0, MIB, 3 * MIB).fill(0, 4 * MIB - 100, 6 * MIB + 100);
  expect(sameBytes(readFileSync(path), expected)).toBe(true);
  expect(await extentsOf(disk, 0, 8 * MIB)).toEqual([
    [MIB, 0],
    [2 * MIB, HOLE],
    [MIB, 0],
    [2 * MIB, HOLE],
    [2 * MIB, 0],
  ]);
});

test('zeroes that must not be a hole keep or take their space', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const { disk, path } = await openDisk(4 * MIB);
  await zeroIn(disk, MIB, 2 * MIB, false);
  expect(used(path)).toBeGreaterThanOrEqual(2 * MIB);
  expect(sameBytes(await bytesOf(disk, 0, 4 * MIB), new Uint8Array(4 * MIB))).toBe(true);
});

test('what was just written is data, whoever wrote it', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const { disk, path } = await openDisk(64 * MIB);
  expect(await extentsOf(disk, 0, 64 * MIB)).toEqual([[64 * MIB, HOLE]]);
  await writeTo(disk, 8 * MIB, pattern(4096));
  expect(await extentsOf(disk, 0, 64 * MIB)).toEqual([
    [8 * MIB, HOLE],
    [4096, 0],
    [56 * MIB - 4096, HOLE],
  ]);
  execFileSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4096', 'count=1', 'seek=5', 'conv=notrunc'], {
    stdio: 'ignore',
  });
  expect(await extentsOf(disk, 5 * 4096 - 10, 4096 + 20)).toEqual([
    [10, HOLE],
    [4096, 0],
    [10, HOLE],
  ]);
});

test('a file that has not changed for a while is not looked at again', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const folder = fakeCommands({
    filefrag: 'echo x >> "$(dirname "$0")/calls"; exec /usr/sbin/filefrag "$@"',
  });
  const calls = (): number => readFileSync(join(folder, 'calls'), 'utf8').length / 2;
  const { disk } = await openDisk(4 * MIB);
  // Its last change was now: another one may get the same time.
  for (let i = 1; i <= 2; i++) {
    expect(await extentsOf(disk, 0, MIB)).toEqual([[MIB, HOLE]]);
    expect(calls()).toBe(i);
  }
  const now = Date.now();
  const later = vi.spyOn(Date, 'now').mockReturnValue(now + 5000);
  onTestFinished(() => later.mockRestore());
  for (let i = 0; i < 3; i++) expect(await extentsOf(disk, MIB, MIB)).toEqual([[MIB, HOLE]]);
  expect(calls()).toBe(3);
  await writeTo(disk, 0, pattern(4096));
  expect(await extentsOf(disk, 0, 4096)).toEqual([[4096, 0]]);
  expect(calls()).toBe(4);
});

test('the path may mean another file by now', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const { disk, path } = await openDisk(pattern(4 * MIB));
  execFileSync('mv', [path, `${path}.old`]);
  writeFileSync(path, pattern(4 * MIB));
  await trimOf(disk, 0, 2 * MIB);
  expect(sameBytes(readFileSync(path), pattern(4 * MIB))).toBe(true);
  expect(await extentsOf(disk, 0, 4 * MIB)).toEqual([
    [2 * MIB, HOLE],
    [2 * MIB, 0],
  ]);
});

test('a file that has grown is served to its new end after resize()', async () => {
  const { disk, path } = await openDisk(pattern(1000));
  truncateSync(path, 5000);
  expect(disk.size).toBe(1000);
  await disk.resize();
  expect(disk.size).toBe(5000);
  expect((await bytesOf(disk, 990, 20)).subarray(0, 10)).toEqual(pattern(1000).subarray(990));
});

test('what somebody has cut off is no hole, for it cannot be read', async ({ skip }) => {
  if (WHY_NOT !== null) skip(`no holes here: ${WHY_NOT}`);
  const { disk, path } = await openDisk(4 * MIB);
  await writeTo(disk, 0, pattern(MIB));
  truncateSync(path, 2 * MIB);
  expect(await extentsOf(disk, 0, 4 * MIB)).toEqual([
    [MIB, 0],
    [MIB, HOLE],
    [2 * MIB, 0],
  ]);
  expect(await extentsOf(disk, 3 * MIB, MIB)).toEqual([[MIB, 0]]);
  await expect(bytesOf(disk, 3 * MIB, 10)).rejects.toMatchObject({ code: 'EIO' });
});
