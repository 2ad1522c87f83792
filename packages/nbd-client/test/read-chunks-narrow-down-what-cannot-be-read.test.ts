import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { connectToScript } from './support/scripted-server.js';

const blockSize = { minimum: 1, preferred: 4096, maximum: 1 << 20 };

test('to the sector that is bad', async () => {
  const disk = { ...scriptedDisk(4 << 20), badByte: 1_000_000 };
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 4n << 20n, blockSize },
  });
  const chunks = await allOf(client.readChunks(100, 2_000_000));
  expect(chunks.filter(({ type }) => type === 'unread')).toEqual([
    { type: 'unread', offset: 999_936, length: 512 },
  ]);
  expect(chunks.filter(({ type }) => type === 'error').length).toBe(1);
  let at = 100;
  for (const chunk of chunks) {
    if (chunk.type === 'error') continue;
    expect(chunk.offset).toBe(at);
    at += chunk.type === 'data' ? chunk.data.length : chunk.length;
  }
  expect(at).toBe(2_000_100);
});

test('requests are of chunkSize', async () => {
  const disk = scriptedDisk(4 << 20);
  const { client } = await connectToScript((server) => serveDisk(server, disk), {
    facts: { size: 4n << 20n, blockSize },
  });
  await allOf(client.readChunks(0, 200_000, { chunkSize: 65_536 }));
  expect(disk.requests.map(([, , length]) => length)).toEqual([65_536, 65_536, 65_536, 3392]);
  await expect(allOf(client.readChunks(0, 5, { chunkSize: 0 }))).rejects.toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
  });
});
