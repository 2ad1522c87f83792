import { NBD_CMD_DISC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, request, write } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';

test.each(BOTH_WAYS)('no reply, nothing to complain of, %s', async (_, pair) => {
  const { server, complaints } = serverOf(smallDisk());
  const client = await RawClient.open(server, { pair });
  await client.send(request(NBD_CMD_DISC, 1, 0, 0));
  expect(await client.end()).toHaveLength(0);
  await client.served;
  expect(complaints).toEqual([]);
});

test('after the answers to what is in flight', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(read(1, 0, 5), write(2, 0, pattern(5)), request(NBD_CMD_DISC, 3, 0, 0));
  await disk.called(2);
  disk.calls[1]?.succeed();
  expect((await client.reply()).cookie).toBe(2);
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(1);
  expect(await client.end()).toHaveLength(0);
});

test('what follows it is not read', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(request(NBD_CMD_DISC, 1, 0, 0), read(2, 0, 5)).catch(() => {});
  expect(await client.end()).toHaveLength(0);
  expect(disk.calls).toEqual([]);
});
