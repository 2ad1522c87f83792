import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend, OverlayExport } from '../src/index.js';
import { bytesOf, done, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern } from './support/raw-client.js';

const BLOCK = 2 ** 16;
const HOLE = 3;

function baseOf(bytes: Uint8Array): MemoryExport {
  const base = MemoryExport.from(bytes);
  base.write =
    base.trim =
    base.writeZeroes =
      () => {
        throw new Error('the base was written to');
      };
  base.landing = () => {
    throw new Error('the base was to be written to');
  };
  return base;
}

test('a short write takes its whole block along', async () => {
  const bytes = pattern(3 * BLOCK + 100);
  const disk = new OverlayExport(baseOf(bytes));
  await writeTo(disk, BLOCK + 5, new Uint8Array(10).fill(255));
  await writeTo(disk, 3 * BLOCK + 90, new Uint8Array(10).fill(254));
  await writeTo(disk, 2 * BLOCK - 2, new Uint8Array(4).fill(253));
  const expected = pattern(3 * BLOCK + 100);
  expected
    .fill(255, BLOCK + 5, BLOCK + 15)
    .fill(254, 3 * BLOCK + 90)
    .fill(253, 2 * BLOCK - 2, 2 * BLOCK + 2);
  expect(Buffer.compare(await bytesOf(disk, 0, 3 * BLOCK + 100), expected)).toBe(0);
  expect(Buffer.compare(bytes, pattern(3 * BLOCK + 100))).toBe(0);
});

test('trims and zeroes hide the base', async () => {
  const disk = new OverlayExport(baseOf(pattern(4 * BLOCK)));
  await trimOf(disk, 100, 2 * BLOCK);
  await zeroIn(disk, 3 * BLOCK + 10, 20);
  const expected = pattern(4 * BLOCK);
  expected.fill(0, BLOCK, 2 * BLOCK).fill(0, 3 * BLOCK + 10, 3 * BLOCK + 30);
  expect(Buffer.compare(await bytesOf(disk, 0, 4 * BLOCK), expected)).toBe(0);
});

test('extents are those of the layer in which a block is', async () => {
  const base = new MemoryExport(4 * 2 ** 20);
  base.write(2 ** 20, pattern(2 ** 20));
  const top = new MemoryExport(5 * 2 ** 20);
  const disk = new OverlayExport(base, { top });
  await writeTo(disk, 0, pattern(BLOCK));
  await zeroIn(disk, 2 ** 20, 2 ** 20);
  expect(await extentsOf(disk, 0, 4 * 2 ** 20)).toEqual([
    [BLOCK, 0],
    [2 ** 20 - BLOCK, HOLE],
    [2 ** 20, HOLE],
    [2 * 2 ** 20, HOLE],
  ]);
  // At once, where one layer knows it at once: reads then leave out its holes.
  expect(disk.extents(2 ** 21, 100, { one: false })).toEqual([{ length: 100, status: HOLE }]);
  const first = [...(await done(() => disk.extents(5, 2 ** 21, { one: true })))];
  expect(first).toEqual([{ length: BLOCK - 5, status: 0 }]);
});

test('what a layer says of more than was asked is not believed', async () => {
  const base = new MemoryExport(4 * BLOCK);
  base.extents = () => [{ length: 4 * BLOCK, status: HOLE }];
  const disk = new OverlayExport(base);
  await writeTo(disk, BLOCK, pattern(BLOCK));
  expect(await extentsOf(disk, 0, 4 * BLOCK)).toEqual([
    [BLOCK, HOLE],
    [BLOCK, 0],
    [2 * BLOCK, HOLE],
  ]);
  expect(await extentsOf(disk, 10, 20)).toEqual([[20, HOLE]]);
});

test('layers that cannot tell are data', async () => {
  const base: NbdBackend = { size: 2 * BLOCK, read: (_, target) => void target.fill(7) };
  const disk = new OverlayExport(base);
  expect(await extentsOf(disk, 0, 2 * BLOCK)).toEqual([[2 * BLOCK, 0]]);
  await zeroIn(disk, 0, BLOCK);
  expect(await extentsOf(disk, 0, 2 * BLOCK)).toEqual([
    [BLOCK, HOLE],
    [BLOCK, 0],
  ]);
});

test('writes into one block wait for one another, into others they do not', async () => {
  const base = new GatedDisk(4 * BLOCK);
  const disk = new OverlayExport(base);
  const first = writeTo(disk, 10, pattern(10));
  const second = writeTo(disk, 30, pattern(10));
  const across = writeTo(disk, BLOCK - 5, pattern(10));
  const other = writeTo(disk, 3 * BLOCK + 1, pattern(10));
  await base.called(2);
  expect(base.calls.map(({ offset }) => offset)).toEqual([0, 3 * BLOCK]);
  base.calls[1]?.succeed();
  await other;
  base.calls[0]?.succeed();
  await Promise.all([first, second]);
  await base.called(3);
  expect(base.calls[2]?.offset).toBe(BLOCK);
  base.calls[2]?.succeed();
  await across;
  const bytes = await bytesOf(disk, 0, BLOCK);
  expect(bytes.subarray(10, 20)).toEqual(pattern(10));
  expect(bytes.subarray(30, 40)).toEqual(pattern(10));
  expect(bytes.subarray(BLOCK - 5)).toEqual(pattern(5));
});

test('a base that fails fails the write, and the block stays what it was', async () => {
  const base = new GatedDisk(2 * BLOCK);
  const disk = new OverlayExport(base);
  const writing = writeTo(disk, 10, pattern(10));
  await base.called(1);
  base.calls[0]?.fail(Object.assign(new Error('bad sector'), { code: 'EIO' }));
  await expect(writing).rejects.toMatchObject({ code: 'EIO' });
  const again = writeTo(disk, 10, pattern(10));
  await base.called(2);
  base.calls[1]?.succeed();
  await again;
  expect(await bytesOf(disk, 10, 10)).toEqual(pattern(10));
});

test('a top that fails leaves the block in the base', async () => {
  let full = true;
  const top: NbdBackend = new MemoryExport(2 * BLOCK);
  const write = top.write!.bind(top);
  top.write = (...args) => {
    if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    return write(...args);
  };
  const disk = new OverlayExport(baseOf(pattern(2 * BLOCK)), { top });
  await expect(writeTo(disk, 0, new Uint8Array(2 * BLOCK))).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(writeTo(disk, 5, new Uint8Array(5))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(Buffer.compare(await bytesOf(disk, 0, 2 * BLOCK), pattern(2 * BLOCK))).toBe(0);
  full = false;
  await writeTo(disk, 0, new Uint8Array(2 * BLOCK));
  expect(Buffer.compare(await bytesOf(disk, 0, 2 * BLOCK), new Uint8Array(2 * BLOCK))).toBe(0);
});

test('what one layer holds is sent from there and received there', async () => {
  const base = baseOf(pattern(2 * BLOCK));
  const top = new MemoryExport(2 * BLOCK);
  const disk = new OverlayExport(base, { top });
  expect(disk.view(5, 10)?.buffer).toBe(base.bytes.buffer);
  expect(disk.landing(5, 10)).toBeNull();
  await writeTo(disk, 0, pattern(BLOCK, 3));
  expect(disk.view(5, 10)?.buffer).toBe(top.view(0, 1)?.buffer);
  expect(disk.landing(5, 10)?.buffer).toBe(top.view(0, 1)?.buffer);
  expect(disk.view(BLOCK - 1, 2)).toBeNull();
  expect(disk.landing(BLOCK - 1, 2)).toBeNull();
});

test('flush, FUA and cache go where the bytes are, and both are closed', async () => {
  const calls: string[] = [];
  const layer = (name: string): NbdBackend => ({
    size: 2 * BLOCK,
    read: (_, target) => void target.fill(1),
    write: (offset, data, { fua }) => void calls.push(`${name} write ${offset} ${data.length} ${fua}`),
    flush: () => void calls.push(`${name} flush`),
    cache: (offset, length) => void calls.push(`${name} cache ${offset} ${length}`),
    close: () => {
      calls.push(`${name} close`);
      throw new Error(`${name} does not close`);
    },
  });
  const disk = new OverlayExport(layer('base'), { top: layer('top') });
  await writeTo(disk, 0, pattern(BLOCK), true);
  await done(() => disk.flush());
  await done(() => disk.cache?.(10, BLOCK));
  await expect(disk.close()).rejects.toThrow('base does not close');
  expect(calls).toEqual([
    `top write 0 ${BLOCK} true`,
    'top flush',
    `top cache 10 ${BLOCK - 10}`,
    `base cache ${BLOCK} 10`,
    'base close',
    'top close',
  ]);
  expect(new OverlayExport(new MemoryExport(5)).cache).toBeUndefined();
});

test('layers that do not fit are refused', () => {
  const base = new MemoryExport(1000);
  const bad = (top: NbdBackend) => () => new OverlayExport(base, { top });
  expect(bad(new MemoryExport(999))).toThrow(/the top has 999 bytes, the base 1000/);
  expect(bad({ size: 1000, read: () => {} })).toThrow(/read-only/);
  expect(() => new OverlayExport({ size: 2 ** 53 - 1, read: () => {} }, { top: base })).toThrow(
    expect.objectContaining({ code: 'NBD_BAD_EXPORT' }),
  );
  const strict: NbdBackend = {
    size: 8192,
    read: () => {},
    blockSize: { minimum: 512, preferred: 8192, maximum: 2 ** 20 },
  };
  expect(new OverlayExport(strict).blockSize).toEqual(strict.blockSize);
});

test('no layer is asked for more at once than it takes', async () => {
  const layer = (maximum: number): NbdBackend & { most: number } => ({
    most: 0,
    size: 4 * BLOCK,
    blockSize: { minimum: 512, preferred: 4096, maximum },
    read(_, target) {
      this.most = Math.max(this.most, target.length);
      target.fill(7);
    },
    write(_, data) {
      this.most = Math.max(this.most, data.length);
    },
  });
  for (const [base, top] of [
    [layer(20_000), layer(2 ** 20)],
    [layer(2 ** 20), layer(20_000)],
  ] as const) {
    const disk = new OverlayExport(base, { top });
    await writeTo(disk, 512, pattern(512));
    await zeroIn(disk, 0, 4 * BLOCK);
    // Whole blocks of 512 bytes.
    expect([base.most, top.most]).toEqual([19_968, 19_968]);
  }
});
