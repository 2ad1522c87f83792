import { NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { RawClient, read, request } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const MIB = 2 ** 20;

test('16 clients that announce 32 MiB each and send none of it', async () => {
  const { server } = serverOf({ size: 2 ** 30, read: () => {}, write: () => {} });
  server.addExport('other', smallDisk());
  const clients: RawClient[] = [];
  while (clients.length < 16) clients.push(await RawClient.open(server));
  const before = process.memoryUsage().arrayBuffers;
  for (const client of clients)
    await client.send(request(NBD_CMD_WRITE, 1, 0, 32 * MIB), new Uint8Array(1000));
  const other = await RawClient.open(server, { exportName: 'other' });
  await other.send(read(1, 0, 10));
  await other.reply();
  // 256 KiB each at most, and what the other client's connection takes.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 256 * 1024 + 2 * MIB);
  for (const client of clients) client.channel.close();
  await Promise.all(clients.map((client) => client.served));
  await other.disconnect();
});
