import { NBD_CMD_FLAG_FUA, ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport } from '../src/index.js';
import { flush, pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { BOTH_WAYS, serverOf } from './support/servers.js';

test.each(BOTH_WAYS)('small ones, %s', async (_, pair) => {
  const disk = new MemoryExport(8192);
  const client = await RawClient.open(serverOf(disk).server, { pair });
  await client.send(
    write(1, 3, pattern(50)),
    write(2, 40, pattern(9, 5), NBD_CMD_FLAG_FUA),
    flush(3),
    read(4, 0, 60),
  );
  const replies = await client.replies(4);
  expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual(
    [1, 2, 3, 4].map((cookie) => [cookie, 0]),
  );
  expect(replies[0]?.kind).toBe(ReplyKind.SIMPLE);
  const expected = new Uint8Array(60);
  expected.set(pattern(50), 3);
  expected.set(pattern(9, 5), 40);
  expect(replies[3]?.data).toEqual(expected);
  await client.disconnect();
});

test.each([4096, 4097, 65_536, 262_144, 262_145, 3_000_000])('one of %i bytes, twice', async (length) => {
  const disk = new MemoryExport(length * 2 + 1);
  const client = await RawClient.open(serverOf(disk).server);
  // The second finds the memory of the first, with its bytes in it.
  await client.send(write(1, 1, pattern(length)), write(2, 1 + length, pattern(length, 3)));
  await client.replies(2);
  expect(sameBytes(disk.bytes.subarray(1, 1 + length), pattern(length))).toBe(true);
  expect(sameBytes(disk.bytes.subarray(1 + length), pattern(length, 3))).toBe(true);
  await client.disconnect();
});

test.each([1000, 40_000, 2 ** 20])(
  'large and small ones in a row, %i bytes at a time',
  async (maxTransfer) => {
    const size = 600_000;
    const disk = new MemoryExport(size);
    const expected = new Uint8Array(size);
    const client = await RawClient.open(serverOf(disk).server, { pair: { maxTransfer, capacity: 2 ** 20 } });
    const lengths = [100_000, 1, 32_768, 32_767, 200_000, 5, 131_072, 4096];
    const requests: Uint8Array[] = [];
    let offset = 0;
    for (const [cookie, length] of lengths.entries()) {
      expected.set(pattern(length, cookie), offset);
      requests.push(write(cookie, offset, pattern(length, cookie)), read(100 + cookie, offset, 1));
      offset += length;
    }
    await client.send(Buffer.concat(requests));
    const replies = await client.replies(lengths.length * 2);
    expect(replies.map(({ cookie }) => cookie)).toEqual(
      lengths.flatMap((_, cookie) => [cookie, 100 + cookie]),
    );
    expect(replies.filter(({ error }) => error !== 0)).toEqual([]);
    expect(sameBytes(disk.bytes, expected)).toBe(true);
    await client.disconnect();
  },
);
