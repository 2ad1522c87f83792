import {
  NBD_FLAG_CAN_MULTI_CONN,
  NBD_FLAG_HAS_FLAGS,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_SEND_DF,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const ALWAYS = NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_CAN_MULTI_CONN;

test.each([
  [false, true, ALWAYS | NBD_FLAG_SEND_DF],
  [false, false, ALWAYS],
  [true, true, ALWAYS | NBD_FLAG_SEND_DF | NBD_FLAG_READ_ONLY],
])('read-only: %s, structured replies: %s', async (readOnly, structuredReplies, flags) => {
  const { server } = serverOf(smallDisk());
  server.addExport('disk', smallDisk(), { readOnly, description: 'a disk' });
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

test('a server told not to offer structured replies refuses them', async () => {
  const { server } = serverOf(smallDisk(), { structuredReplies: false });
  const client = await RawClient.open(server);
  expect(client.info?.flags).toBe(ALWAYS);
  await client.disconnect();
});
