import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_FLAG_SEND_FUA,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { bytes, connectToScript } from './support/scripted-server.js';

const blockSize = { minimum: 512, preferred: 512, maximum: 4096 };
const facts = { size: 20_000n, blockSize };

test('any bytes in any parts to any place, and what is around them stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(15_000),
      fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4096 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (start, lengths, chunkSize, inFlight, readModifyWrite) => {
        const disk = scriptedDisk(20_000, 3);
        const { client } = await connectToScript((server) => serveDisk(server, disk), {
          facts,
          client: { readModifyWrite },
        });
        const data = bytes(lengths.reduce((sum, length) => sum + length, 0)).subarray(0, 20_000 - start);
        const expected = disk.bytes.slice();
        expected.set(data, start);
        let at = 0;
        const parts = lengths.map((length) => {
          at += length;
          return data.subarray(at - length, at);
        });
        await pipeline(Readable.from(parts), client.writeStream({ start, chunkSize, inFlight }));
        expect(Buffer.compare(disk.bytes, expected)).toBe(0);
        for (const [type, offset, length] of disk.requests) {
          if (type === NBD_CMD_FLUSH) continue;
          expect(offset % 512).toBe(0);
          expect((offset + length) % 512 === 0 || offset + length === 20_000).toBe(true);
        }
        await client.close();
      },
    ),
    { numRuns: 100 },
  );
});

test('small parts leave as requests of chunkSize, then a flush', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  await pipeline(
    Readable.from(Array.from({ length: 100 }, () => bytes(100))),
    client.writeStream({ start: 1024, chunkSize: 4096 }),
  );
  expect(disk.requests).toEqual([
    [NBD_CMD_WRITE, 1024, 3072, 0],
    [NBD_CMD_WRITE, 4096, 4096, 0],
    // Of the last block the rest is read.
    [NBD_CMD_READ, 8192, 3072, 0],
    [NBD_CMD_WRITE, 8192, 3072, 0],
    [NBD_CMD_FLUSH, 0, 0, 0],
  ]);
});

test.each([
  [{ fua: true }, [[NBD_CMD_WRITE, 0, 512, NBD_CMD_FLAG_FUA]]],
  [
    { fua: true, flush: true },
    [
      [NBD_CMD_WRITE, 0, 512, NBD_CMD_FLAG_FUA],
      [NBD_CMD_FLUSH, 0, 0, 0],
    ],
  ],
  [{ flush: false }, [[NBD_CMD_WRITE, 0, 512, 0]]],
])('what is stable when: %o', async (options, requests) => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  await pipeline(Readable.from([bytes(512)]), client.writeStream(options));
  expect(disk.requests).toEqual(requests);
});

test('a server that takes no flush is sent none', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { ...facts, flags: NBD_FLAG_SEND_FUA },
  });
  await pipeline(Readable.from([bytes(512)]), client.writeStream());
  expect(disk.requests).toEqual([[NBD_CMD_WRITE, 0, 512, 0]]);
});

test('strict.alignment off: cut blocks are sent as they are', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts,
    client: { strict: { alignment: false } },
  });
  await pipeline(Readable.from([bytes(700)]), client.writeStream({ start: 100, flush: false }));
  expect(disk.requests).toEqual([[NBD_CMD_WRITE, 100, 700, 0]]);
});

test('the caller has its memory back with the callback', async () => {
  const disk = scriptedDisk(20_000, 4);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const stream = client.writeStream({ chunkSize: 512 });
  const memory = new Uint8Array(700);
  for (let round = 1; round <= 10; round++) {
    memory.fill(round);
    await new Promise((resolve) => stream.write(memory, resolve));
  }
  await new Promise<void>((resolve) => stream.end(resolve));
  for (let at = 0; at < 7000; at++) expect(disk.bytes[at]).toBe(Math.floor(at / 700) + 1);
});

test('from a web stream, as fetch gives one', async () => {
  const disk = scriptedDisk(20_000);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const { body } = new Response(bytes(5000));
  if (body === null) throw new Error('unreachable: it has a body');
  await pipeline(Readable.fromWeb(body as never), client.writeStream());
  expect(Buffer.compare(disk.bytes.subarray(0, 5000), bytes(5000))).toBe(0);
});
