import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { RawClient, read, request } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';

const BAD = [
  new Uint8Array(28),
  new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'),
  request(0, 9, 0, 1).fill(0x67, 0, 1),
];

test.each(BOTH_WAYS)('and nobody else notices, %s', async (_, pair) => {
  for (const bad of BAD) {
    const { server, complaints } = serverOf(smallDisk());
    const other = await RawClient.open(server);
    const client = await RawClient.open(server, { pair });
    await client.send(bad).catch(() => {}); // the server may close before it has read all
    expect(await client.end()).toHaveLength(0);
    await client.served;
    expect(complaints).toMatchObject([{ error: { code: 'NBD_BAD_MAGIC' }, clientName: 'memory' }]);
    await other.send(read(1, 0, 10));
    expect(await other.reply()).toMatchObject({ cookie: 1, error: 0 });
    await other.disconnect();
  }
});

test('what was asked before is still answered', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 5), new Uint8Array(28));
  await disk.called(1);
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(await client.end()).toHaveLength(0);
});
