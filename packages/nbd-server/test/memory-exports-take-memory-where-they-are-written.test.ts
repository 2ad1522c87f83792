import { expect, test } from 'vitest';
import { MemoryExport } from '../src/index.js';
import { extentsOf } from './support/backend-calls.js';
import { pattern, sameBytes } from './support/raw-client.js';

const MIB = 2 ** 20;
const TIB = 2 ** 40;
const HOLE = 3;

test('8 TiB cost what is written of them', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const disk = new MemoryExport(8n * 1024n ** 4n);
  disk.write(8 * TIB - 5000, pattern(5000));
  disk.write(3 * TIB - 10, pattern(20));
  // The zeroes of the holes, and three chunks.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * MIB);
  expect(disk.view(8 * TIB - 5000, 5000)).toEqual(pattern(5000));
  expect(await extentsOf(disk, 0, 8 * TIB)).toEqual([
    [3 * TIB - MIB, HOLE],
    [2 * MIB, 0],
    [5 * TIB - 2 * MIB, HOLE],
    [MIB, 0],
  ]);
  const target = pattern(30);
  disk.read(3 * TIB - 15, target);
  expect(target).toEqual(new Uint8Array([0, 0, 0, 0, 0, ...pattern(20), 0, 0, 0, 0, 0]));
});

test.each(['trim', 'writeZeroes'] as const)(
  '%s gives back whole chunks, zeroes the rest',
  async (operation) => {
    const disk = new MemoryExport(4 * MIB + 100);
    disk.write(0, pattern(4 * MIB + 100));
    disk[operation](MIB - 5, 2 * MIB + 10, { fua: false, mayTrim: true });
    expect(await extentsOf(disk, 0, 4 * MIB + 100)).toEqual([
      [MIB, 0],
      [2 * MIB, HOLE],
      [MIB + 100, 0],
    ]);
    expect(disk.view(MIB - 8, 8)).toEqual(new Uint8Array([...pattern(MIB).subarray(-8, -5), 0, 0, 0, 0, 0]));
    expect(disk.view(3 * MIB, 6)?.[4]).toBe(0);
    expect(disk.view(3 * MIB, 6)?.[5]).toBe(pattern(3 * MIB + 6)[3 * MIB + 5]);
    // The last chunk is whole where the disk ends.
    disk[operation](4 * MIB, 100, { fua: false, mayTrim: true });
    expect(await extentsOf(disk, 3 * MIB, MIB + 100)).toEqual([
      [MIB, 0],
      [100, HOLE],
    ]);
  },
);

test('zeroes that must not become a hole keep their memory, and what is a hole stays one', async () => {
  const disk = new MemoryExport(8 * TIB);
  disk.write(MIB, pattern(2 * MIB));
  disk.writeZeroes(MIB + 5, 8 * TIB - MIB - 5, { mayTrim: false });
  expect(await extentsOf(disk, 0, 8 * TIB)).toEqual([
    [MIB, HOLE],
    [2 * MIB, 0],
    [8 * TIB - 3 * MIB, HOLE],
  ]);
  expect(disk.view(MIB, 10)).toEqual(new Uint8Array([...pattern(5), 0, 0, 0, 0, 0]));
  expect(sameBytes(disk.view(2 * MIB, MIB)!, new Uint8Array(MIB))).toBe(true);
});

test('what lies within a chunk is sent from it and received into it', () => {
  const disk = new MemoryExport(3 * MIB);
  disk.landing(5, 10)?.set(pattern(10));
  expect(disk.view(5, 10)?.buffer).toBe(disk.landing(0, MIB)?.buffer);
  expect(disk.view(5, 10)).toEqual(pattern(10));
  expect(disk.view(MIB - 1, 2)).toBeNull();
  expect(disk.landing(MIB - 1, 2)).toBeNull();
  expect(sameBytes(disk.view(2 * MIB, MIB)!, new Uint8Array(MIB))).toBe(true);
});

test('bytes that are given keep their memory', async () => {
  const bytes = pattern(2 * MIB);
  const disk = MemoryExport.from(bytes);
  disk.trim(10, MIB);
  expect(bytes[10]).toBe(0);
  expect(await extentsOf(disk, 0, 2 * MIB)).toEqual([[2 * MIB, 0]]);
  expect(disk.view(5, 2 * MIB - 5)?.buffer).toBe(bytes.buffer);
  expect(disk.landing(5, 10)).toBeNull();
});

test('what was cut off by a resize is zero when the disk grows again', () => {
  const disk = new MemoryExport(3 * MIB);
  disk.write(0, pattern(3 * MIB));
  disk.resize(MIB + 10);
  expect(disk.size).toBe(MIB + 10);
  disk.resize(3 * MIB);
  expect(disk.view(MIB, 20)).toEqual(
    new Uint8Array([...pattern(MIB + 10).subarray(MIB), ...new Uint8Array(10)]),
  );
  expect(sameBytes(disk.view(2 * MIB, MIB)!, new Uint8Array(MIB))).toBe(true);
  disk.resize(8 * TIB);
  for (const offset of [5 * TIB, 2 ** 30 - 1, 2 ** 30]) disk.write(offset, pattern(1));
  disk.resize(2 ** 30);
  disk.resize(8 * TIB);
  expect(disk.view(5 * TIB, 1)).toEqual(new Uint8Array(1));
  expect(disk.view(2 ** 30, 1)).toEqual(new Uint8Array(1));
  expect(disk.view(2 ** 30 - 1, 1)).toEqual(pattern(1));
  disk.resize(0);
  disk.resize(1);
  expect(disk.view(0, 1)).toEqual(new Uint8Array(1));
});

test('what is no size is refused', () => {
  const bad = { code: 'NBD_BAD_EXPORT', fault: 'caller' };
  for (const size of [-1, 1.5, Number.NaN, 2n ** 53n]) {
    expect(() => new MemoryExport(size)).toThrow(expect.objectContaining(bad));
    expect(() => new MemoryExport(1).resize(size)).toThrow(expect.objectContaining(bad));
  }
  const given = MemoryExport.from(pattern(10));
  expect(() => given.resize(11)).toThrow(/10 bytes that were given cannot become 11/);
});
