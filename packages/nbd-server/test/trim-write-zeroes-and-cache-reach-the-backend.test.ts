import {
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_FAST_ZERO,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_NO_HOLE,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { FORMS } from './support/forms.js';
import { RawClient } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { ToldDisk } from './support/told-disk.js';

const FUA = NBD_CMD_FLAG_FUA;

test.each(FORMS)('with what their flags say, %s', async (_, options, request) => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(disk).server, options);
  const flagged = NBD_CMD_FLAG_NO_HOLE | NBD_CMD_FLAG_FAST_ZERO | FUA;
  await client.send(
    request(NBD_CMD_TRIM, 1, 4096, 8192),
    request(NBD_CMD_TRIM, 2, 2 ** 39, 1, { flags: FUA }),
    request(NBD_CMD_WRITE_ZEROES, 3, 0, 0xfffff000),
    request(NBD_CMD_WRITE_ZEROES, 4, 512, 512, { flags: flagged }),
    request(NBD_CMD_CACHE, 5, 3, 5),
    request(NBD_CMD_CACHE, 6, 4, 6, { flags: FUA }),
  );
  const replies = await client.replies(6);
  expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual(
    [1, 2, 3, 4, 5, 6].map((cookie) => [cookie, 0]),
  );
  expect(disk.told).toEqual([
    ['trim', 4096, 8192, { fua: false }],
    ['trim', 2 ** 39, 1, { fua: true }],
    ['writeZeroes', 0, 0xfffff000, { fua: false, mayTrim: true, fast: false }],
    ['writeZeroes', 512, 512, { fua: true, mayTrim: false, fast: true }],
    ['cache', 3, 5],
    ['cache', 4, 6],
  ]);
  await client.disconnect();
});

test('but not when they are about 0 bytes', async () => {
  const disk = new ToldDisk();
  const client = await RawClient.open(serverOf(disk).server);
  const [, , request] = FORMS[1];
  const commands = [NBD_CMD_TRIM, NBD_CMD_WRITE_ZEROES, NBD_CMD_CACHE];
  await client.send(...commands.map((command) => request(command, command, 4096, 0)));
  expect((await client.replies(3)).map(({ error }) => error)).toEqual([0, 0, 0]);
  expect(disk.told).toEqual([]);
  await client.disconnect();
});
