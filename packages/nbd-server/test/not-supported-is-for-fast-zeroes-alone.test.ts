import {
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  NBD_EIO,
  NBD_ENOTSUP,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { RawClient, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

test.each(['ENOTSUP', 'EOPNOTSUPP'])('%s', async (code) => {
  const disk = new ToldDisk();
  disk.answer = () => Promise.reject(Object.assign(new Error('slow'), { code }));
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(
    request(NBD_CMD_WRITE_ZEROES, 1, 0, 512, { flags: NBD_CMD_FLAG_FAST_ZERO }),
    request(NBD_CMD_WRITE_ZEROES, 2, 0, 512),
    request(NBD_CMD_TRIM, 3, 0, 512),
  );
  expect((await client.replies(3)).map(({ error }) => error)).toEqual([NBD_ENOTSUP, NBD_EIO, NBD_EIO]);
  await client.disconnect();
});

test('a backend that has no fast zeroes is never asked for them', async () => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(Object.assign(disk, { canFastZero: false })).server);
  await client.send(request(NBD_CMD_WRITE_ZEROES, 1, 0, 512, { flags: NBD_CMD_FLAG_FAST_ZERO }));
  expect(await client.reply()).toMatchObject({ error: NBD_EINVAL });
  expect(disk.told).toEqual([]);
  await client.disconnect();
});
