import {
  type BlockStatusPayload,
  blockStatusPayloadSize,
  encodeBlockStatusPayload,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_EINVAL,
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdExtents } from '../src/index.js';
import { extended, RawClient } from './support/raw-client.js';
import { BOTH_WAYS, serverOf } from './support/servers.js';

const TIB = 2 ** 40;
const WANTED = ['base:allocation', 'x-test:a', 'x-test:b'];

function disk() {
  const lengths: number[] = [];
  const extents: NbdExtents = (_, length) => {
    lengths.push(length);
    return [{ length, status: 1 }];
  };
  const contexts = new Map(['x-test:a', 'x-test:b', 'x-test:c'].map((name) => [name, extents]));
  return { size: 4 * TIB, read: () => {}, metaContexts: contexts, lengths };
}

function payload(length: number, contextIds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(blockStatusPayloadSize(contextIds.length));
  const lengthHigh = Math.floor(length / 2 ** 32);
  const fields: BlockStatusPayload = { lengthHigh, lengthLow: length % 2 ** 32, contextIds };
  encodeBlockStatusPayload(new DataView(bytes.buffer), 0, fields);
  return bytes;
}

const status = (cookie: number, bytes: Uint8Array): Uint8Array =>
  extended(NBD_CMD_BLOCK_STATUS, cookie, 0, 0, { payload: bytes });

test.each(BOTH_WAYS)('to those that it names, %s', async (_, pair) => {
  const served = disk();
  const options = { extendedHeaders: true, metaContexts: WANTED, pair };
  const client = await RawClient.open(serverOf(served).server, options);
  expect(client.info?.flags ?? 0).toSatisfy((flags: number) => (flags & NBD_FLAG_BLOCK_STATUS_PAYLOAD) !== 0);
  const ids = client.metaContexts.map(({ id }) => id);
  await client.send(
    status(1, payload(3 * TIB, [ids[2] as number])),
    extended(NBD_CMD_BLOCK_STATUS, 2, 0, 512),
    status(3, payload(4096, [ids[1] as number, ids[0] as number])),
  );
  const chunks = await client.replies(6);
  expect(chunks.map(({ cookie, contextId, done }) => [cookie, contextId, done])).toEqual([
    [1, ids[2], true],
    [2, ids[0], false],
    [2, ids[1], false],
    [2, ids[2], true],
    [3, ids[1], false],
    [3, ids[0], true],
  ]);
  expect(served.lengths).toEqual([3 * TIB, 512, 512, 4096]);
  await client.disconnect();
});

test.each(BOTH_WAYS)('what makes no sense is refused, and skipped, %s', async (_, pair) => {
  const served = disk();
  const options = { extendedHeaders: true, metaContexts: WANTED, pair };
  const client = await RawClient.open(serverOf(served).server, options);
  const [id = 0] = client.metaContexts.map((context) => context.id);
  const twice = payload(512, [id, id + 1]);
  twice.set(twice.subarray(8, 12), 12);
  const wrong = [
    new Uint8Array(0),
    new Uint8Array(4),
    // no context, half a context
    new Uint8Array(8),
    new Uint8Array(14),
    twice,
    // never offered, offered and not selected
    payload(512, [id, 99]),
    payload(512, [3]),
    // too many, past the end, nothing
    new Uint8Array(8 + 4 * 1025),
    payload(5 * TIB, [id]),
    payload(0, [id]),
  ];
  for (const bytes of wrong) {
    await client.send(status(1, bytes), extended(NBD_CMD_BLOCK_STATUS, 2, 0, 512));
    expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL, done: true });
    // What was named before is not what is asked for now.
    const chunks = await client.replies(3);
    expect(chunks.map(({ cookie, done }) => [cookie, done])).toEqual([
      [2, false],
      [2, false],
      [2, true],
    ]);
  }
  expect(served.lengths).toHaveLength(wrong.length * 2);
  await client.disconnect();
});

test('without contexts the flag is not offered, and a payload is skipped', async () => {
  const client = await RawClient.open(serverOf(disk()).server, { extendedHeaders: true });
  expect(client.info?.canBlockStatusPayload).toBe(false);
  await client.send(status(1, payload(512, [0])), status(2, payload(512, [0])));
  expect((await client.replies(2)).map(({ cookie, error }) => [cookie, error])).toEqual([
    [1, NBD_EINVAL],
    [2, NBD_EINVAL],
  ]);
  await client.disconnect();
});

test('a client that leaves in the middle of one is told of', async () => {
  const { server, complaints } = serverOf(disk());
  const client = await RawClient.open(server, { extendedHeaders: true, metaContexts: WANTED });
  await client.send(
    extended(NBD_CMD_BLOCK_STATUS, 1, 0, 12, { flags: NBD_CMD_FLAG_PAYLOAD_LEN }),
    new Uint8Array(11),
  );
  client.channel.shutdown('write');
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_UNEXPECTED_EOF' } }]);
});
