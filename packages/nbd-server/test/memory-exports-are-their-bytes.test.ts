import { expect, test } from 'vitest';
import { MemoryExport } from '../src/index.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('bytes that are given are not copied, a Buffer’s neither', async () => {
  const bytes = Buffer.from(pattern(100));
  const client = await RawClient.open(serverOf(MemoryExport.from(bytes)).server);
  await client.send(write(1, 0, new Uint8Array([1, 2, 3])));
  await client.reply();
  expect([...bytes.subarray(0, 3)]).toEqual([1, 2, 3]);
  bytes[0] = 42;
  await client.send(read(2, 0, 1));
  expect((await client.reply()).data).toEqual(new Uint8Array([42]));
  await client.disconnect();
});

test('a size is that many zeroes, and may be 0', async () => {
  expect(new MemoryExport(5n).bytes).toEqual(new Uint8Array(5));
  const client = await RawClient.open(serverOf(new MemoryExport(0)).server);
  expect(client.info?.size).toBe(0n);
  await client.disconnect();
});

test('read() copies, for use without a server', () => {
  const target = new Uint8Array(4);
  MemoryExport.from(pattern(100)).read(10, target);
  expect(target).toEqual(pattern(100).subarray(10, 14));
});
