import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
  NBD_EINVAL,
  NBD_ENOSPC,
  NBD_EPERM,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { RawClient, request } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const SIZE = 2 ** 20;
const OPTIONS = { metaContexts: ['base:allocation'] };

test.each([
  ['NBD_CMD_TRIM', NBD_CMD_TRIM, NBD_EINVAL, NBD_EPERM],
  ['NBD_CMD_WRITE_ZEROES', NBD_CMD_WRITE_ZEROES, NBD_ENOSPC, NBD_EPERM],
  ['NBD_CMD_CACHE', NBD_CMD_CACHE, NBD_EINVAL, 0],
  ['NBD_CMD_BLOCK_STATUS', NBD_CMD_BLOCK_STATUS, NBD_EINVAL, 0],
])('%s', async (_, command, pastEnd, readOnly) => {
  const blockSize = { minimum: 512, preferred: 4096, maximum: 65536 };
  const disk = Object.assign(new ToldDisk(SIZE), { blockSize });
  const { server } = serverOf(disk);
  server.addExport('ro', disk, { readOnly: true });
  const client = await RawClient.open(server, OPTIONS);
  await client.send(
    request(command, 1, SIZE, 512),
    request(command, 2, SIZE - 512, 1024),
    request(command, 3, 2 ** 53, 512),
    request(command, 4, 511, 512),
    request(command, 5, 512, 511),
  );
  const errors = (await client.replies(5)).map(({ error }) => error);
  expect(errors).toEqual([pastEnd, pastEnd, pastEnd, NBD_EINVAL, NBD_EINVAL]);
  expect(disk.told).toEqual([]);
  // The maximum payload does not matter to what has none.
  await client.send(request(command, 6, 0, SIZE));
  expect(await client.reply()).toMatchObject({ cookie: 6, error: 0 });
  await client.disconnect();
  const reader = await RawClient.open(server, { ...OPTIONS, exportName: 'ro' });
  await reader.send(request(command, 1, 0, 512));
  expect(await reader.reply()).toMatchObject({ cookie: 1, error: readOnly });
  await reader.disconnect();
});
