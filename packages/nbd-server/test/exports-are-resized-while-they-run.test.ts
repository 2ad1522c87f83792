import { setImmediate } from 'node:timers/promises';
import { ClientHandshake, NBD_EINVAL, NBD_ENOSPC, NEED_MORE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

test('new clients are told the new size, the old ones are served up to it', async () => {
  const disk = new MemoryExport(1000);
  const { server } = serverOf(disk);
  const old = await RawClient.open(server);
  await old.send(read(1, 990, 20));
  expect(await old.reply()).toMatchObject({ cookie: 1, error: NBD_EINVAL });
  disk.resize(2000);
  server.resizeExport('');
  const fresh = await RawClient.open(server);
  expect([old.info?.size, fresh.info?.size]).toEqual([1000n, 2000n]);
  for (const client of [old, fresh]) {
    await client.send(write(2, 1990, pattern(10)), read(3, 1990, 10), read(4, 1991, 10));
    const replies = await client.replies(3);
    expect(replies.map(({ cookie, error }) => [cookie, error])).toEqual([
      [2, 0],
      [3, 0],
      [4, NBD_EINVAL],
    ]);
    expect(replies[1]?.data).toEqual(pattern(10));
    await client.disconnect();
  }
});

test('what lies beyond the new end is refused in step', async () => {
  const disk = new MemoryExport(10_000);
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  disk.resize(5000);
  server.resizeExport('');
  await client.send(write(1, 4990, pattern(4000)), read(2, 5000, 1), read(3, 0, 5000));
  const replies = await client.replies(3);
  expect(replies.map(({ error }) => error)).toEqual([NBD_ENOSPC, NBD_EINVAL, 0]);
  expect(replies[0]?.message).toMatch(/exceed the export of 5000 bytes/);
  expect(replies[2]?.data).toEqual(new Uint8Array(5000));
  await client.disconnect();
});

test('requests that the backend has end as it says', async () => {
  const disk = new GatedDisk(1000);
  const backend: NbdBackend & { size: number } = Object.assign(Object.create(disk), {
    size: 1000,
    read: disk.read.bind(disk),
    close: undefined,
  });
  const { server } = serverOf(backend);
  const client = await RawClient.open(server);
  await client.send(read(1, 900, 100), read(2, 800, 100));
  await disk.called(2);
  backend.size = 100;
  server.resizeExport('');
  disk.calls[0]?.fail(Object.assign(new Error('cut off'), { code: 'EIO' }));
  disk.calls[1]?.succeed();
  const replies = await client.replies(2);
  expect(replies.map(({ cookie, message }) => [cookie, message])).toEqual([
    [1, 'cut off'],
    [2, ''],
  ]);
  await client.send(read(3, 0, 100));
  await disk.called(3);
  disk.calls[2]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 3, error: 0 });
  await client.disconnect();
});

test('a client that has not read yet what it chose is served', async () => {
  const disk = new MemoryExport(1000);
  const { server, complaints } = serverOf(disk);
  const client = RawClient.greeted(server, { capacity: 16 });
  const handshake = new ClientHandshake({ goal: 'go' });
  let event = handshake.nextEvent();
  for (; event === NEED_MORE; event = handshake.nextEvent()) {
    await client.send(handshake.takeOutgoing());
    // No reply fits the channel whole: the server is in the middle of writing it.
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    disk.resize(disk.size + 1);
    server.resizeExport('');
    handshake.receive(await client.receive(1));
  }
  await client.send(handshake.takeOutgoing(), read(1, 0, 1001));
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0, data: new Uint8Array(1001) });
  expect(complaints).toEqual([]);
  await client.disconnect();
});

test('what is no size, and an export that is not there', () => {
  const backend: NbdBackend & { size: number } = { size: 4096, read: () => {}, blockSize: BLOCKS };
  const { server } = serverOf(backend);
  for (const size of [-1, 0.5, Number.NaN, 4097]) {
    backend.size = size;
    expect(() => server.resizeExport('')).toThrow(expect.objectContaining({ code: 'NBD_BAD_EXPORT' }));
  }
  expect(() => server.resizeExport('nope')).toThrow(expect.objectContaining({ code: 'NBD_EXPORT_UNKNOWN' }));
});

const BLOCKS = { minimum: 512, preferred: 4096, maximum: 2 ** 25 };
