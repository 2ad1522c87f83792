import { open } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileExport } from '../src/index.js';
import { bytesOf, done, zeroIn } from './support/backend-calls.js';
import { ABSENT, diskFile, fakeCommands } from './support/disk-files.js';

const MIB = 2 ** 20;

type Call = (...args: unknown[]) => Promise<unknown>;

/** What files are asked for while the test runs: how many of the calls at a time, and with which memory. */
async function watched(name: 'read' | 'write'): Promise<{ most: number; memories: Set<unknown> }> {
  const file = await open('/dev/null');
  const prototype = Object.getPrototypeOf(file) as Record<typeof name, Call>;
  await file.close();
  const seen = { most: 0, memories: new Set<unknown>() };
  const call = prototype[name];
  let now = 0;
  const spy = vi.spyOn(prototype, name).mockImplementation(async function (this: unknown, ...args) {
    seen.memories.add((args[0] as Uint8Array).buffer);
    seen.most = Math.max(seen.most, ++now);
    try {
      return await call.apply(this, args);
    } finally {
      now--;
    }
  });
  onTestFinished(() => spy.mockRestore());
  return seen;
}

async function openDisk(size: number): Promise<FileExport> {
  fakeCommands({ fallocate: ABSENT });
  const disk = await FileExport.open(diskFile(size));
  onTestFinished(() => disk.close());
  return disk;
}

test('of all that is cached one piece is read at a time', async () => {
  const disk = await openDisk(4 * MIB);
  const seen = await watched('read');
  await Promise.all(Array.from({ length: 8 }, () => disk.cache(0, 2 * MIB)));
  expect(seen).toMatchObject({ most: 1, memories: { size: 1 } });
});

test('of all that is zeroed one piece is written at a time', async () => {
  const disk = await openDisk(4 * MIB);
  const seen = await watched('write');
  await Promise.all(Array.from({ length: 8 }, () => zeroIn(disk, 0, 3 * MIB)));
  expect(seen).toMatchObject({ most: 1, memories: { size: 1 } });
});

test('short ones wait for nobody, and take no memory each', async () => {
  const disk = await openDisk(4 * MIB);
  const seen = await watched('write');
  await Promise.all(Array.from({ length: 64 }, () => zeroIn(disk, 0, MIB - 4096)));
  expect(seen).toMatchObject({ most: 64, memories: { size: 1 } });
});

test('one that fails leaves the others their turns', async () => {
  const disk = await openDisk(4 * MIB);
  const failing = disk.cache(3 * MIB, 2 * MIB);
  const others = [disk.cache(0, 4 * MIB), zeroIn(disk, 0, 3 * MIB)];
  await expect(failing).rejects.toMatchObject({ code: 'EIO' });
  await Promise.all(others);
  expect(await bytesOf(disk, 0, 10)).toEqual(new Uint8Array(10));
  await done(() => disk.cache(0, 10));
});
