import { NBD_CMD_WRITE, NBD_EINVAL, NBD_EOVERFLOW, NBD_EPERM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { pattern, RawClient, read, request, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const MIB = 1024 * 1024;
/** Large, and nobody may touch it. */
const untouchable: NbdBackend = {
  size: 2 ** 40,
  read: (_, target) => {
    if (target.length > 1) throw new Error('must not be called');
  },
  write: () => {
    throw new Error('must not be called');
  },
};

test.each([
  [true, NBD_EOVERFLOW],
  [false, NBD_EINVAL],
])('a read of more than 32 MiB, structured replies: %s', async (structuredReplies, error) => {
  const client = await RawClient.open(serverOf(untouchable).server, { structuredReplies });
  await client.send(read(1, 0, 32 * MIB + 1), read(2, 0, 0xffffffff), read(3, 0, 1));
  expect((await client.replies(2)).map((reply) => reply.error)).toEqual([error, error]);
  expect(await client.reply(1)).toMatchObject({ cookie: 3, error: 0 });
  await client.disconnect();
});

test('a write of more than 32 MiB: its payload is skipped, the client stays in step', async () => {
  const client = await RawClient.open(serverOf(untouchable).server, { pair: { capacity: MIB } });
  await client.send(request(NBD_CMD_WRITE, 1, 0, 33 * MIB));
  const piece = pattern(MIB);
  for (let sent = 0; sent < 33; sent++) await client.send(piece);
  await client.send(read(2, 0, 1));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL });
  expect(await client.reply()).toMatchObject({ cookie: 2, error: 0 });
  await client.disconnect();
});

test('a refused write of more than 64 MiB: the client is dropped', async () => {
  const { server, complaints } = serverOf(untouchable);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 1), request(NBD_CMD_WRITE, 2, 0, 64 * MIB + 1));
  expect((await client.reply()).cookie).toBe(1);
  expect(await client.end()).toHaveLength(0);
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_REQUEST_TOO_LARGE', fault: 'peer' } }]);
});

test('the largest write that is allowed arrives', async () => {
  const lengths: number[] = [];
  const disk: NbdBackend = { ...untouchable, write: (_, data) => void lengths.push(data.length) };
  const client = await RawClient.open(serverOf(disk).server, { pair: { capacity: MIB } });
  await client.send(write(1, 2 ** 39, new Uint8Array(32 * MIB)));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(lengths).toEqual([32 * MIB]);
  await client.disconnect();
});

test('a backend with a smaller maximum keeps it', async () => {
  const blockSize = { minimum: 1, preferred: 4096, maximum: 8192 };
  const client = await RawClient.open(serverOf({ ...untouchable, blockSize }).server);
  expect(client.info?.blockSize.maximum).toBe(8192);
  await client.send(read(1, 0, 8193), write(2, 0, pattern(8193)), read(3, 0, 1));
  expect((await client.replies(3)).map(({ error }) => error)).toEqual([NBD_EOVERFLOW, NBD_EINVAL, 0]);
  await client.disconnect();
});

test('EPERM goes before the size', async () => {
  const { write: _, ...readOnly } = untouchable;
  const client = await RawClient.open(serverOf(readOnly).server, { pair: { capacity: MIB } });
  await client.send(request(NBD_CMD_WRITE, 1, 2 ** 41, 5), pattern(5));
  expect((await client.reply()).error).toBe(NBD_EPERM);
  await client.disconnect();
});
