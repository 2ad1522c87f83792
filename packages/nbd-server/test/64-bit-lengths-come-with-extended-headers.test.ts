import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLUSH,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  NBD_ENOSPC,
  NBD_EOVERFLOW,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { extended, RawClient } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const TIB = 2 ** 40;
const OPTIONS = { extendedHeaders: true, metaContexts: ['base:allocation'] };

test('for trim, write zeroes, cache and block status', async () => {
  const disk = new ToldDisk(8 * TIB);
  const client = await RawClient.open(serverOf(disk).server, OPTIONS);
  await client.send(
    extended(NBD_CMD_TRIM, 1, 0, 8 * TIB),
    extended(NBD_CMD_WRITE_ZEROES, 2, 4096, 5 * TIB + 4096),
    extended(NBD_CMD_CACHE, 3, TIB, 2 ** 32),
    extended(NBD_CMD_BLOCK_STATUS, 4, TIB, 6 * TIB),
  );
  const replies = await client.replies(4);
  expect(replies.map(({ error }) => error)).toEqual([0, 0, 0, 0]);
  expect(replies[3]?.extents).toEqual([{ length: 7 * TIB, status: 0n }]);
  expect(disk.told.map((told) => told.slice(0, 3))).toEqual([
    ['trim', 0, 8 * TIB],
    ['writeZeroes', 4096, 5 * TIB + 4096],
    ['cache', TIB, 2 ** 32],
    ['extents', TIB, 6 * TIB],
  ]);
  await client.disconnect();
});

test.each([
  [NBD_CMD_TRIM, 8 * TIB, NBD_EINVAL],
  [NBD_CMD_WRITE_ZEROES, 8 * TIB, NBD_ENOSPC],
  [NBD_CMD_CACHE, 2 ** 53 * 1024, NBD_EINVAL],
  [NBD_CMD_BLOCK_STATUS, 8 * TIB, NBD_EINVAL],
  [NBD_CMD_READ, 8 * TIB, NBD_EINVAL],
  [NBD_CMD_READ, 2 ** 32, NBD_EOVERFLOW],
  [NBD_CMD_FLUSH, 2 ** 32, NBD_EINVAL],
])('command %i of %i bytes is judged by all 64 bits', async (command, length, error) => {
  const disk = new ToldDisk(8 * TIB);
  const client = await RawClient.open(serverOf(disk).server, OPTIONS);
  await client.send(extended(command, 1, command === NBD_CMD_FLUSH ? 0 : 512, length));
  expect(await client.reply()).toMatchObject({ cookie: 1, error });
  expect(disk.told).toEqual([]);
  await client.disconnect();
});
