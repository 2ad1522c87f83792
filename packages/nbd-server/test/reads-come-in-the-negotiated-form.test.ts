import { ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { pattern, RawClient, read, sameBytes } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';

test.each(BOTH_WAYS)('one data chunk with structured replies, %s', async (_, pair) => {
  const client = await RawClient.open(serverOf(smallDisk()).server, { pair });
  await client.send(read(7, 10, 300), read(8, 4095, 1));
  const [first, second] = await client.replies(2);
  expect(first).toMatchObject({ kind: ReplyKind.DATA, cookie: 7, offset: 10, error: 0 });
  expect(first?.data).toEqual(pattern(4096).subarray(10, 310));
  expect(second).toMatchObject({ kind: ReplyKind.DATA, cookie: 8, offset: 4095 });
  await client.disconnect();
});

test.each(BOTH_WAYS)('a simple reply without them, %s', async (_, pair) => {
  const client = await RawClient.open(serverOf(smallDisk()).server, { pair, structuredReplies: false });
  await client.send(read(7, 10, 300));
  const reply = await client.reply(300);
  expect(reply).toMatchObject({ kind: ReplyKind.SIMPLE, cookie: 7, error: 0 });
  expect(reply.data).toEqual(pattern(4096).subarray(10, 310));
  await client.disconnect();
});

test('a payload that is too large to be copied beside its header', async () => {
  const size = 300_000;
  const client = await RawClient.open(serverOf(smallDisk(size)).server);
  await client.send(read(1, 5, size - 5));
  expect(sameBytes((await client.reply()).data, pattern(size).subarray(5))).toBe(true);
  await client.disconnect();
});
