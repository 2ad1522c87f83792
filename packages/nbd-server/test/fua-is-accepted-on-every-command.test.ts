import { NBD_CMD_DISC, NBD_CMD_FLAG_FUA } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { flush, pattern, RawClient, read, request, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

test('read, write, flush and disconnect', async () => {
  const { server, complaints } = serverOf(smallDisk());
  const client = await RawClient.open(server);
  const FUA = NBD_CMD_FLAG_FUA;
  await client.send(read(1, 0, 8, FUA), write(2, 0, pattern(8), FUA), flush(3, FUA));
  expect((await client.replies(3)).map(({ error }) => error)).toEqual([0, 0, 0]);
  await client.send(request(NBD_CMD_DISC, 4, 0, 0, { flags: FUA }));
  expect(await client.end()).toHaveLength(0);
  expect(complaints).toEqual([]);
});

test('the backend of a write is told, and the reply waits for it', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(
    write(1, 0, pattern(8), NBD_CMD_FLAG_FUA),
    write(2, 8, pattern(8)),
    read(3, 0, 1, NBD_CMD_FLAG_FUA),
  );
  await disk.called(3);
  expect(disk.calls.map(({ fua }) => fua)).toEqual([true, false, false]);
  disk.calls[1]?.succeed();
  expect((await client.reply()).cookie).toBe(2);
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(1);
  disk.calls[2]?.succeed();
  await client.reply();
  await client.disconnect();
});
