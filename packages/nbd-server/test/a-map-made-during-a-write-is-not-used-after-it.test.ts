import type { FileHandle } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DataMap } from '../src/exports/file/data-map.js';
import type { FileSpace } from '../src/exports/file/file-space.js';
import type { DataRange } from '../src/exports/file/parse-filefrag.js';

const HOLE = 3;
const MINUTE_MS = 60_000;

/** A file whose times never change, as within a tick of the clock of its file system. */
function unchanging(
  agoMs: number,
  isFile = true,
): { map: DataMap; ranges: DataRange[]; looked: () => number } {
  const at = BigInt(Date.now() - agoMs);
  const stat = { isFile: () => isFile, size: 100n, blocks: 0n, mtimeNs: at, ctimeNs: at, ctimeMs: at };
  const ranges: DataRange[] = [];
  let count = 0;
  const file = { stat: async () => stat } as unknown as FileHandle;
  const space = {
    map: async () => {
      count++;
      return [...ranges];
    },
  } as unknown as FileSpace;
  return { map: new DataMap(file, space), ranges, looked: () => count };
}

test('nor is one from before it', async () => {
  const { map, ranges, looked } = unchanging(MINUTE_MS);
  expect(await map.extents(0, 100)).toEqual([{ length: 100, status: HOLE }]);
  expect(await map.extents(0, 50)).toEqual([{ length: 50, status: HOLE }]);
  expect(looked()).toBe(1);
  map.changed();
  expect(await map.extents(0, 100)).toEqual([{ length: 100, status: HOLE }]);
  ranges.push({ start: 10, end: 20 });
  map.changed();
  for (let i = 0; i < 2; i++) {
    expect(await map.extents(0, 100)).toEqual([
      { length: 10, status: HOLE },
      { length: 10, status: 0 },
      { length: 80, status: HOLE },
    ]);
  }
  expect(looked()).toBe(3);
});

test('a write that begins while the map is made makes it old', async () => {
  const { map, ranges } = unchanging(MINUTE_MS);
  const first = map.extents(0, 100);
  map.changed();
  await first;
  ranges.push({ start: 0, end: 100 });
  expect(await map.extents(0, 100)).toEqual([{ length: 100, status: 0 }]);
});

test('a file that has just changed is looked at each time', async () => {
  const { map, ranges, looked } = unchanging(0);
  await map.extents(0, 100);
  ranges.push({ start: 0, end: 100 });
  expect(await map.extents(0, 100)).toEqual([{ length: 100, status: 0 }]);
  expect(looked()).toBe(2);
});

test('ranges are cut to what was asked for', async () => {
  const { map, ranges } = unchanging(0);
  ranges.push({ start: 10, end: 20 }, { start: 30, end: 40 }, { start: 50, end: 60 });
  const lengths = async (offset: number, length: number): Promise<[number, number][]> =>
    (await map.extents(offset, length)).map((extent) => [extent.length, Number(extent.status)]);
  expect(await lengths(15, 20)).toEqual([
    [5, 0],
    [10, HOLE],
    [5, 0],
  ]);
  expect(await lengths(20, 10)).toEqual([[10, HOLE]]);
  expect(await lengths(30, 10)).toEqual([[10, 0]]);
  expect(await lengths(59, 41)).toEqual([
    [1, 0],
    [40, HOLE],
  ]);
});

test('a block device is data, and nobody is asked', async () => {
  const { map, looked } = unchanging(0, false);
  expect(await map.extents(10, 100)).toEqual([{ length: 100, status: 0 }]);
  expect(looked()).toBe(0);
});
