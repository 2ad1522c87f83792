import { expect, test } from 'vitest';
import { NullExport } from '../src/index.js';
import { bytesOf, extentsOf, trimOf, writeTo, zeroIn } from './support/backend-calls.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('whatever is done to them', async () => {
  const disk = new NullExport(2n ** 50n);
  await writeTo(disk, 5, pattern(100));
  await zeroIn(disk, 0, 2 ** 40);
  await trimOf(disk, 0, 2 ** 50);
  expect(await bytesOf(disk, 0, 200)).toEqual(new Uint8Array(200));
  expect(disk.view(2 ** 50 - 100, 100)).toEqual(new Uint8Array(100));
  expect(disk.view(0, 2 ** 20 + 1)).toBeNull();
  expect(await extentsOf(disk, 10, 2 ** 49)).toEqual([[2 ** 49, 3]]);
});

test('over the wire', async () => {
  const client = await RawClient.open(serverOf(new NullExport(2 ** 40)).server);
  expect(client.info).toMatchObject({ size: 2n ** 40n, readOnly: false });
  await client.send(write(1, 2 ** 39, pattern(50)), read(2, 2 ** 39, 50));
  const [written, replied] = await client.replies(2);
  expect(written?.error).toBe(0);
  expect(replied?.data).toEqual(new Uint8Array(50));
  await client.disconnect();
});

test('their size may change, if it is one', () => {
  const disk = new NullExport(10);
  disk.resize(20n);
  expect(disk.size).toBe(20);
  expect(() => disk.resize(-1)).toThrow(expect.objectContaining({ code: 'NBD_BAD_EXPORT' }));
});
