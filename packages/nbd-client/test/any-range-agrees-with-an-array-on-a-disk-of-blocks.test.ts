import {
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { connectToScript } from './support/scripted-server.js';

/** The last block is cut short. */
const SIZE = 30_001;
const TRIM = 4;
const facts = {
  size: BigInt(SIZE),
  flags: NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_TRIM | NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_SEND_CACHE,
  blockSize: { minimum: 512, preferred: 512, maximum: 8192 },
};

const command = fc.record({
  kind: fc.constantFrom('read', 'write', 'writeZeroes', 'trim', 'cache'),
  offset: fc.nat(SIZE),
  length: fc.oneof(fc.nat(1500), fc.nat(SIZE)),
  fill: fc.integer({ min: 1, max: 255 }),
});

test('random commands at random places, with read-modify-write; the server sees whole blocks alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 20 }), async (commands) => {
      const disk = scriptedDisk(SIZE, 3);
      const model = disk.bytes.slice();
      const { client } = await connectToScript((server) => serveDisk(server, disk), {
        facts,
        client: { readModifyWrite: true },
      });
      for (const { kind, offset, fill, ...rest } of commands) {
        const length = Math.min(rest.length, SIZE - offset);
        const before = disk.requests.length;
        if (kind === 'read') {
          const read = await client.read(offset, length);
          expect(Buffer.compare(read, model.subarray(offset, offset + length))).toBe(0);
        } else if (kind === 'write') {
          await client.write(offset, new Uint8Array(length).fill(fill));
          model.fill(fill, offset, offset + length);
        } else if (kind === 'writeZeroes') {
          await client.writeZeroes(offset, length);
          model.fill(0, offset, offset + length);
        } else if (kind === 'trim') {
          await client.trim(offset, length);
          // Nothing outside of the range may be lost.
          for (const [type, at, count] of disk.requests.slice(before)) {
            expect(type).toBe(TRIM);
            expect(at).toBeGreaterThanOrEqual(offset);
            expect(at + count).toBeLessThanOrEqual(offset + length);
          }
        } else await client.cache(offset, length);
      }
      expect(Buffer.compare(disk.bytes, model)).toBe(0);
      for (const [type, offset, length] of disk.requests) {
        expect(offset % 512).toBe(0);
        expect((offset + length) % 512 === 0 || offset + length === SIZE).toBe(true);
        if (type < 2) expect(length).toBeLessThanOrEqual(8192);
      }
      await client.close();
    }),
    { numRuns: 150 },
  );
});

test('writes at the same time into one block lose nothing', async () => {
  const disk = scriptedDisk(SIZE, 4);
  const expected = disk.bytes.slice();
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts,
    client: { readModifyWrite: true },
  });
  // Each shares its blocks with neighbours; the aligned ones go between.
  const writes = Array.from({ length: 60 }, (_, index) => ({ offset: 5 + index * 97, length: 97 }));
  writes.push({ offset: 8192, length: 1024 }, { offset: SIZE - 10, length: 10 });
  await Promise.all(
    writes.map(async ({ offset, length }, index) => {
      expected.fill(index, offset, offset + length);
      await client.write(offset, new Uint8Array(length).fill(index));
    }),
  );
  expect(Buffer.compare(disk.bytes, expected)).toBe(0);
});
