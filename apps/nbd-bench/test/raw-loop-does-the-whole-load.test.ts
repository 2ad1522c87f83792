import { parseNbdUri } from '@coaio/nbd-protocol';
import { MemoryExport } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { rawLoop } from '../src/raw-loop/raw-loop.js';
import type { RunConfig } from '../src/run/run-config.js';
import { readsThrough, serve } from './support/serve.js';

const CONFIG: RunConfig = {
  ...{ rw: 'read', rwmixread: 50, bs: 4096, iodepth: 8, numjobs: 1, connections: 1 },
  ...{ runtime: 0.1, rampTime: 0, offset: 0, randseed: 1, pollMaxNs: 0, verify: false },
};

test.each([4096, 2 ** 17])('reads blocks of %i bytes', async (bs) => {
  const lengths = new Set<number>();
  let reads = 0;
  const uri = await serve(
    readsThrough(2 ** 21, (_offset, length) => {
      lengths.add(length);
      reads++;
    }),
  );
  const { iops, mibPerSecond, cpuUsPerIo } = await rawLoop(parseNbdUri(uri), { ...CONFIG, bs });
  expect(iops).toBeGreaterThan(0);
  expect(mibPerSecond).toBeCloseTo((iops * bs) / 2 ** 20, 3);
  expect(cpuUsPerIo).toBeGreaterThan(0);
  expect([...lengths]).toEqual([bs]);
  expect(reads).toBeGreaterThan(8);
});

test('writes', async () => {
  const disk = new MemoryExport(2 ** 17);
  const { iops } = await rawLoop(parseNbdUri(await serve(disk)), { ...CONFIG, rw: 'write' });
  expect(iops).toBeGreaterThan(0);
  expect(disk.bytes.every((byte) => byte !== 0)).toBe(true);
});

test('an answer that is an error ends it', async () => {
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      throw Object.assign(new Error('bad sector'), { code: 'EIO' });
    }),
  );
  await expect(rawLoop(parseNbdUri(uri), CONFIG)).rejects.toThrow('reply with the error 5');
});
