import { NBD_CMD_FLAG_FUA, NBD_CMD_WRITE, NBD_EIO, NBD_ENOSPC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { extended, pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const SIZE = 400_000;

function landingDisk() {
  const bytes = new Uint8Array(SIZE);
  const disk = {
    size: SIZE,
    bytes,
    landed: [] as number[],
    written: [] as number[],
    read: (offset: number, target: Uint8Array) => target.set(bytes.subarray(offset, offset + target.length)),
    write: (offset: number, data: Uint8Array) => {
      disk.written.push(data.length);
      bytes.set(data, offset);
    },
    landing: (offset: number, length: number): Uint8Array | null => {
      disk.landed.push(length);
      return bytes.subarray(offset, offset + length);
    },
  };
  return disk satisfies NbdBackend;
}

test.each([
  ...[1, 4096, 8192, 160 * 1024, 300_000].map((length) => [length, 'whole', {}] as const),
  [200_000, 'in pieces', { maxTransfer: 1000 }] as const,
])('%i bytes, %s', async (length, _, pair) => {
  const disk = landingDisk();
  const client = await RawClient.open(serverOf(disk).server, { pair });
  const data = pattern(length, 5);
  // The next requests come right behind it.
  await client.send(write(1, 70, data), write(2, 3, pattern(9)), read(3, 70, length));
  const replies = await client.replies(3);
  expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual([1, 2, 3].map((cookie) => [cookie, 0]));
  expect(sameBytes(replies[2]?.data as Uint8Array, data)).toBe(true);
  expect(disk).toMatchObject({ landed: [length, 9], written: [] });
  await client.disconnect();
});

test('40000 bytes are copied: they come with others', async () => {
  const disk = landingDisk();
  const client = await RawClient.open(serverOf(disk).server);
  const data = pattern(40_000, 5);
  await client.send(write(1, 70, data), read(2, 70, data.length));
  expect(sameBytes((await client.replies(2))[1]?.data as Uint8Array, data)).toBe(true);
  expect(disk).toMatchObject({ landed: [], written: [40_000] });
  await client.disconnect();
});

test('with extended headers too', async () => {
  const disk = landingDisk();
  const client = await RawClient.open(serverOf(disk).server, { extendedHeaders: true });
  await client.send(extended(NBD_CMD_WRITE, 1, 70, 0, { payload: pattern(5000) }));
  expect((await client.reply()).error).toBe(0);
  expect(disk.landed).toEqual([5000]);
  expect(disk.bytes.subarray(70, 5070)).toEqual(pattern(5000));
  await client.disconnect();
});

test('one of less than 32 KiB once it is whole', async () => {
  const disk = landingDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server);
  const data = pattern(30_000);
  await client.send(write(1, 0, data).subarray(0, 20_000));
  await client.send(
    write(1, 0, data).subarray(20_000),
    write(2, 0, new Uint8Array(30_000)).subarray(0, 20_000),
  );
  expect((await client.reply()).error).toBe(0);
  client.channel.shutdown('write');
  expect(await client.end()).toHaveLength(0);
  expect(complaints).toMatchObject([{ error: { code: 'NBD_UNEXPECTED_EOF' } }]);
  expect(sameBytes(disk.bytes.subarray(0, 30_000), data)).toBe(true);
});

test('but with FUA by way of write(), and where there is no landing', async () => {
  const disk = landingDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(
    write(1, 0, pattern(100), NBD_CMD_FLAG_FUA),
    write(2, 0, pattern(40_000), NBD_CMD_FLAG_FUA),
  );
  disk.landing = () => null;
  await client.send(write(3, 0, pattern(99)), write(4, 0, pattern(40_001)));
  expect((await client.replies(4)).map(({ error }) => error)).toEqual([0, 0, 0, 0]);
  expect(disk).toMatchObject({ landed: [], written: [100, 40_000, 99, 40_001] });
  await client.disconnect();
});

test.each([
  [
    'throws',
    () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    },
    NBD_ENOSPC,
  ],
  ['is of the wrong size', () => new Uint8Array(3), NBD_EIO],
])('a landing that %s fails that write, and the client stays in step', async (_, landing, error) => {
  const disk = landingDisk();
  disk.landing = landing;
  const client = await RawClient.open(serverOf(disk).server);
  for (const length of [100, 300_000]) {
    await client.send(write(1, 0, pattern(length)), read(2, 0, 4));
    const [refused, good] = await client.replies(2);
    expect(refused).toMatchObject({ cookie: 1, error });
    expect(good).toMatchObject({ cookie: 2, error: 0 });
    expect(good?.data).toEqual(new Uint8Array(4));
  }
  await client.disconnect();
});

test('a client that leaves in the middle is no success', async () => {
  const disk = landingDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(write(1, 0, pattern(300_000)).subarray(0, 200_000));
  client.channel.shutdown('write');
  expect(await client.end()).toHaveLength(0);
  expect(complaints).toMatchObject([{ error: { code: 'NBD_UNEXPECTED_EOF' } }]);
});
