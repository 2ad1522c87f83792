import { NBD_CMD_BLOCK_STATUS, NBD_CMD_WRITE, NBD_EINVAL, NBD_ENOSPC } from '@coaio/nbd-protocol';
import type { NbdExtents } from '@coaio/nbd-server';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, request, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('for room', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { maxInFlight: 1 });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10), read(2, 8192, 10));
  await disk.called(1);
  disk.size = 4096;
  server.resizeExport('');
  disk.calls[0]?.succeed();
  expect((await client.replies(2)).map(({ cookie, error }) => [cookie, error])).toEqual([
    [1, 0],
    [2, NBD_EINVAL],
  ]);
  expect(disk.calls).toHaveLength(1);
  await client.disconnect();
});

test.each([1000, 100_000])('for their payload of %i bytes', async (length) => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server, { pair: { maxTransfer: 512 } });
  await client.send(request(NBD_CMD_WRITE, 1, 8192, length), pattern(length).subarray(1));
  // Until it is read.
  await client.send(new Uint8Array(0));
  disk.size = 4096;
  server.resizeExport('');
  await client.send(new Uint8Array(1), read(2, 0, 10));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_ENOSPC });
  await disk.called(1);
  expect(disk.calls[0]?.operation).toBe('read');
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(2);
  await client.disconnect();
});

test('for the status of another context', async () => {
  let answer: () => void = () => {};
  const asked: string[] = [];
  const slow = () => {
    asked.push('slow');
    return new Promise<{ length: number; status: number }[]>((resolve) => {
      answer = () => resolve([{ length: 512, status: 0 }]);
    });
  };
  const next = () => {
    asked.push('next');
    return [{ length: 512, status: 0 }];
  };
  const metaContexts = new Map<string, NbdExtents>([
    ['x-test:slow', slow],
    ['x-test:next', next],
  ]);
  const disk = Object.assign(new GatedDisk(), { metaContexts });
  const { server } = serverOf(disk);
  const client = await RawClient.open(server, { metaContexts: [...metaContexts.keys()] });
  await client.send(request(NBD_CMD_BLOCK_STATUS, 1, 8192, 512), write(2, 0, pattern(8)));
  await disk.called(1);
  disk.size = 4096;
  server.resizeExport('');
  answer();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL, done: true });
  expect(asked).toEqual(['slow']);
  disk.calls[0]?.succeed();
  expect((await client.reply()).cookie).toBe(2);
  await client.disconnect();
});
