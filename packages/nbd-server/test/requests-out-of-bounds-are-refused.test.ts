import { NBD_EINVAL, NBD_ENOSPC, ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';

const SIZE = 4096;
const OUTSIDE = [
  [SIZE, 1],
  [SIZE - 1, 2],
  [SIZE + 1, 0],
  [2 ** 32, 1],
  [2 ** 53 - 1, 1],
  [2 ** 64 - 2 ** 32, 1],
] as const;

test.each(BOTH_WAYS)(
  'reads get EINVAL without data, writes ENOSPC and change nothing, %s',
  async (_, pair) => {
    const disk = smallDisk(SIZE);
    const client = await RawClient.open(serverOf(disk).server, { pair });
    for (const [offset, length] of OUTSIDE) {
      await client.send(read(1, offset, length), write(2, offset, pattern(length, 9)), read(3, SIZE - 1, 1));
      const [refusedRead, refusedWrite, good] = await client.replies(3);
      expect(refusedRead).toMatchObject({ kind: ReplyKind.ERROR, cookie: 1, error: NBD_EINVAL });
      expect(refusedWrite).toMatchObject({ kind: ReplyKind.ERROR, cookie: 2, error: NBD_ENOSPC });
      expect(good).toMatchObject({ kind: ReplyKind.DATA, cookie: 3, error: 0 });
    }
    expect(disk.bytes).toEqual(pattern(SIZE));
    await client.disconnect();
  },
);

test('the text says the range and the limit', async () => {
  const client = await RawClient.open(serverOf(smallDisk(SIZE)).server);
  await client.send(read(1, 4000, 100));
  expect((await client.reply()).message).toBe(
    'NBD_CMD_READ: 100 bytes at 4000 exceed the export of 4096 bytes',
  );
  await client.disconnect();
});

test('without structured replies the error is a simple reply, and no data follows', async () => {
  const client = await RawClient.open(serverOf(smallDisk(SIZE)).server, { structuredReplies: false });
  await client.send(read(1, SIZE, 10), write(2, SIZE, pattern(10)), read(3, 0, 1));
  expect(await client.reply(10)).toMatchObject({ kind: ReplyKind.SIMPLE, cookie: 1, error: NBD_EINVAL });
  expect(await client.reply()).toMatchObject({ kind: ReplyKind.SIMPLE, cookie: 2, error: NBD_ENOSPC });
  expect(await client.reply(1)).toMatchObject({ cookie: 3, error: 0 });
  await client.disconnect();
});
