import {
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_DF,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  ReplyKind,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { flush, pattern, RawClient, read, request, write } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';

test.each(BOTH_WAYS)('commands that the server does not have, %s', async (_, pair) => {
  const disk = { size: 4096, read: () => {}, write: () => {} };
  const client = await RawClient.open(serverOf(disk).server, { pair });
  for (const command of [NBD_CMD_TRIM, NBD_CMD_CACHE, NBD_CMD_WRITE_ZEROES, 8, 9, 0x1234, 0xffff]) {
    await client.send(request(command, 1, 0, 512), read(2, 0, 1));
    const [refused, good] = await client.replies(2);
    expect(refused).toMatchObject({ kind: ReplyKind.ERROR, cookie: 1, error: NBD_EINVAL });
    expect(refused?.message).toMatch(/not supported/);
    expect(good).toMatchObject({ cookie: 2, error: 0 });
  }
  await client.disconnect();
});

test.each(BOTH_WAYS)('flags that do not belong to the command, %s', async (_, pair) => {
  const disk = smallDisk();
  const client = await RawClient.open(serverOf(disk).server, { pair });
  const others = [
    NBD_CMD_FLAG_NO_HOLE,
    NBD_CMD_FLAG_REQ_ONE,
    NBD_CMD_FLAG_FAST_ZERO,
    NBD_CMD_FLAG_PAYLOAD_LEN,
  ];
  for (const flag of [...others, 0x8000]) {
    await client.send(read(1, 0, 1, flag), write(2, 0, pattern(100, 9), flag), flush(3, flag), read(4, 0, 1));
    const replies = await client.replies(4);
    expect(replies.map(({ error }) => error)).toEqual([NBD_EINVAL, NBD_EINVAL, NBD_EINVAL, 0]);
  }
  await client.send(write(5, 0, pattern(100, 9), NBD_CMD_FLAG_DF));
  expect((await client.reply()).error).toBe(NBD_EINVAL);
  expect(disk.bytes).toEqual(pattern(4096));
  await client.disconnect();
});

test('DF is for reads with structured replies alone', async () => {
  const { server } = serverOf(smallDisk());
  const structured = await RawClient.open(server);
  await structured.send(read(1, 0, 9, NBD_CMD_FLAG_DF));
  expect(await structured.reply()).toMatchObject({ kind: ReplyKind.DATA, error: 0 });
  const simple = await RawClient.open(server, { structuredReplies: false });
  await simple.send(read(1, 0, 9, NBD_CMD_FLAG_DF));
  expect(await simple.reply(9)).toMatchObject({ error: NBD_EINVAL });
  await structured.disconnect();
  await simple.disconnect();
});

test('a flush with an offset or a length', async () => {
  const client = await RawClient.open(serverOf(smallDisk()).server);
  await client.send(request(3, 1, 4096, 0), request(3, 2, 0, 1), flush(3));
  const replies = await client.replies(3);
  expect(replies.map(({ error }) => error)).toEqual([NBD_EINVAL, NBD_EINVAL, 0]);
  await client.disconnect();
});
