import { VirtualClock } from '@coaio/aio-context';
import { NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { NbdServer } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const MS = 1e6;

test('then ends the connections and closes the backend', async () => {
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10), write(2, 0, pattern(10)));
  await disk.called(2);
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  disk.calls[1]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 2, error: 0 });
  expect({ closed, disk: disk.closed }).toEqual({ closed: false, disk: 0 });
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(await client.end()).toHaveLength(0);
  await closing;
  expect({ disk: disk.closed, complaints }).toEqual({ disk: 1, complaints: [] });
});

test('idle clients and half-done handshakes end at once', async () => {
  const { server, complaints } = serverOf(smallDisk());
  const idle = await RawClient.open(server);
  const half = RawClient.greeted(server);
  await half.send(new Uint8Array(2));
  const halfRequest = await RawClient.open(server);
  await halfRequest.send(write(1, 0, pattern(1000)).subarray(0, 500));
  await server.close();
  for (const client of [idle, halfRequest]) expect(await client.end()).toHaveLength(0);
  await half.served;
  expect(complaints).toEqual([]);
});

test('requests that had to wait for room get ESHUTDOWN', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { maxInFlight: 1 });
  const client = await RawClient.open(server);
  await client.send(
    Buffer.concat([read(1, 0, 10), read(2, 0, 10), write(3, 0, pattern(10)), read(4, 0, 10)]),
  );
  await disk.called(1);
  const closing = server.close();
  disk.calls[0]?.succeed();
  const replies = await client.replies(4);
  await closing;
  expect(replies.map(({ cookie }) => cookie)).toEqual([1, 2, 3, 4]);
  expect(replies.map(({ error }) => error)).toEqual([0, NBD_ESHUTDOWN, NBD_ESHUTDOWN, NBD_ESHUTDOWN]);
  expect(disk.calls).toHaveLength(1);
});

test('for 5 seconds at most', async () => {
  const clock = new VirtualClock();
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk, { clock });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  const closing = server.close();
  clock.advance(5000 * MS);
  await closing;
  expect(await client.end()).toHaveLength(0);
  expect(complaints).toMatchObject([{ error: { code: 'NBD_CLOSE_TIMEOUT' } }]);
  disk.calls[0]?.succeed();
});

test('also for a client that does not read its replies', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(2 ** 20), { clock });
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 2 ** 20));
  const closing = server.close();
  clock.advance(5000 * MS);
  await closing;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_CLOSE_TIMEOUT' } }]);
});

test('called again it waits for the same end, and nothing new is taken', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, 10));
  await disk.called(1);
  const closings = [server.close(), server.close(), server[Symbol.asyncDispose]()];
  const refused = expect.objectContaining({ code: 'NBD_CLOSED' });
  expect(() => server.addExport('x', smallDisk())).toThrow(refused);
  expect(() => server.serveChannel(QIOChannelPair.open()[0])).toThrow(refused);
  await expect(server.listen({ type: 'inet', host: '127.0.0.1', port: 0 })).rejects.toThrow(refused);
  disk.calls[0]?.succeed();
  await Promise.all(closings);
  expect(disk.closed).toBe(1);
});

test('what a backend throws when it is closed is thrown, after all else is done', async () => {
  const server = new NbdServer();
  const disk = new GatedDisk();
  const failing = { size: 1, read: () => {}, close: () => Promise.reject(new Error('lost a disk')) };
  server.addExport('bad', failing);
  server.addExport('good', disk);
  await expect(server.close()).rejects.toThrow('lost a disk');
  expect(disk.closed).toBe(1);
  await expect(server.close()).rejects.toThrow('lost a disk');
});
