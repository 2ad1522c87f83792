import {
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_FLAG_CAN_MULTI_CONN,
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_ROTATIONAL,
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_DF,
  NBD_FLAG_SEND_FAST_ZERO,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { RawClient } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

const ALWAYS = NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_CAN_MULTI_CONN;
const WITH_CHUNKS = ALWAYS | NBD_FLAG_SEND_DF;
const nothing = (): void => {};
const plain: NbdBackend = { size: 4096, read: nothing, write: nothing };

test.each([
  [false, true, WITH_CHUNKS],
  [false, false, ALWAYS],
  [true, true, WITH_CHUNKS | NBD_FLAG_READ_ONLY],
])('read-only: %s, structured replies: %s', async (readOnly, structuredReplies, flags) => {
  const { server } = serverOf(plain);
  server.addExport('disk', plain, { readOnly, description: 'a disk' });
  const client = await RawClient.open(server, { exportName: 'disk', structuredReplies });
  expect(client.info).toMatchObject({
    name: 'disk',
    description: 'a disk',
    size: 4096n,
    flags,
    blockSize: { minimum: 1, preferred: 4096, maximum: 32 * 1024 * 1024, advertised: true },
  });
  await client.disconnect();
});

test.each<[string, Partial<NbdBackend>, writable: number, readOnly: number]>([
  ['rotational', { rotational: true }, NBD_FLAG_ROTATIONAL, NBD_FLAG_ROTATIONAL],
  ['cache', { cache: nothing }, NBD_FLAG_SEND_CACHE, NBD_FLAG_SEND_CACHE],
  ['trim', { trim: nothing }, NBD_FLAG_SEND_TRIM, 0],
  ['writeZeroes', { writeZeroes: nothing }, NBD_FLAG_SEND_WRITE_ZEROES, 0],
  [
    'canFastZero',
    { writeZeroes: nothing, canFastZero: true },
    NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_SEND_FAST_ZERO,
    0,
  ],
  ['canFastZero without writeZeroes', { canFastZero: true }, 0, 0],
])('of the backend: %s', async (_, members, writable, readOnly) => {
  const { server } = serverOf({ ...plain, ...members });
  server.addExport('ro', { ...plain, ...members }, { readOnly: true });
  const client = await RawClient.open(server);
  expect(client.info?.flags).toBe(WITH_CHUNKS | writable);
  await client.disconnect();
  const reader = await RawClient.open(server, { exportName: 'ro' });
  expect(reader.info?.flags).toBe(WITH_CHUNKS | NBD_FLAG_READ_ONLY | readOnly);
  await reader.disconnect();
});

test.each([
  [[], 0],
  [['base:allocation'], NBD_FLAG_BLOCK_STATUS_PAYLOAD],
])('with extended headers and the contexts %j', async (metaContexts, more) => {
  const client = await RawClient.open(serverOf(plain).server, { extendedHeaders: true, metaContexts });
  expect(client.info?.flags).toBe(WITH_CHUNKS | more);
  await client.disconnect();
});

test('a server told not to offer structured replies refuses them', async () => {
  const { server } = serverOf(plain, { structuredReplies: false });
  const client = await RawClient.open(server);
  expect(client.info?.flags).toBe(ALWAYS);
  await client.disconnect();
});
