import { MemoryExport } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

const SIZE = 64 * 4096;

test.each(['write', 'randwrite'])('%s writes something, within --offset and --size only', async (rw) => {
  const disk = new MemoryExport(SIZE);
  const uri = await serve(disk);
  const args = [uri, '--rw', rw, '--runtime', '0.1', '--offset', '16k', '--size', '32k'];
  const { status, stdout, stderr } = await runCli([...args, '--output-format', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout).config).toMatchObject({ rw, offset: 16384, size: 32768 });
  expect(disk.bytes.subarray(0, 16384).every((byte) => byte === 0)).toBe(true);
  expect(disk.bytes.subarray(16384 + 32768).every((byte) => byte === 0)).toBe(true);
  const written = disk.bytes.subarray(16384, 16384 + 32768);
  expect(rw === 'write' ? written.every((byte) => byte !== 0) : written.some((byte) => byte !== 0)).toBe(
    true,
  );
});

test.each(['read', 'randread'])('%s writes nothing', async (rw) => {
  let writes = 0;
  const reading = readsThrough(SIZE, () => {});
  const uri = await serve({ ...reading, write: () => void writes++ });
  const { status } = await runCli([uri, '--rw', rw, '--runtime', '0.1']);
  expect(status).toBe(0);
  expect(writes).toBe(0);
});
