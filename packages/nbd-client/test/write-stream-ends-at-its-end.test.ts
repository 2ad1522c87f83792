import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { bytes, connectToScript } from './support/scripted-server.js';

test.each([1000, 1001])('given %s bytes for 1000', async (length) => {
  const disk = scriptedDisk(1 << 20);
  const before = disk.bytes.slice();
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 1n << 20n },
  });
  const stream = client.writeStream({ start: 100, end: 1100, chunkSize: 512 });
  const copied = pipeline(Readable.from([bytes(length)]), stream);
  if (length === 1000) await copied;
  else await expect(copied).rejects.toMatchObject({ code: 'NBD_OUT_OF_BOUNDS', operation: 'writeStream' });
  await client.close();
  expect(Buffer.compare(disk.bytes.subarray(1100), before.subarray(1100))).toBe(0);
  if (length === 1000) expect(Buffer.compare(disk.bytes.subarray(100, 1100), bytes(1000))).toBe(0);
});
