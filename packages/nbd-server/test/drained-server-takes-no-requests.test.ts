import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { BOTH_WAYS, serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

test.each(BOTH_WAYS)('answers those that it has, and serves the others after resume: %s', async (_, pair) => {
  const disk = new GatedDisk();
  const { server, complaints } = serverOf(disk);
  const client = await RawClient.open(server, { pair });
  await client.send(read(1, 0, 10), write(2, 0, pattern(10)));
  await disk.called(2);
  let drained = false;
  const draining = server.drain().then(() => {
    drained = true;
  });
  await client.send(read(3, 0, 10), write(4, 7, pattern(10)));
  disk.calls[1]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 2, error: 0 });
  await settle();
  expect({ drained, calls: disk.calls.length }).toEqual({ drained: false, calls: 2 });
  disk.calls[0]?.succeed();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  await draining;
  await settle();
  expect(disk.calls).toHaveLength(2);
  await server.resume();
  await disk.called(4);
  expect(disk.calls.slice(2)).toMatchObject([
    { operation: 'read', offset: 0 },
    { operation: 'write', offset: 7 },
  ]);
  for (const call of disk.calls) call.succeed();
  expect((await client.replies(2)).map(({ cookie }) => cookie).sort()).toEqual([3, 4]);
  await client.disconnect();
  expect(complaints).toEqual([]);
});

test('also those that have arrived and waited for room', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { maxInFlight: 1 });
  const client = await RawClient.open(server);
  await client.send(Buffer.concat([read(1, 0, 10), read(2, 0, 10), read(3, 0, 10)]));
  await disk.called(1);
  const draining = server.drain();
  disk.calls[0]?.succeed();
  await draining;
  await settle();
  expect(disk.calls).toHaveLength(1);
  await server.resume();
  await disk.called(2);
  disk.calls[1]?.succeed();
  await disk.called(3);
  disk.calls[2]?.succeed();
  expect((await client.replies(3)).map(({ cookie }) => cookie)).toEqual([1, 2, 3]);
  await client.disconnect();
});

test('also those that came with the one whose backend drains', async () => {
  let calls = 0;
  let draining: Promise<void> | null = null;
  const { server } = serverOf({
    size: 100,
    read: () => {
      calls++;
      draining ??= server.drain();
    },
  });
  const client = await RawClient.open(server);
  await client.send(Buffer.concat([read(1, 0, 10), read(2, 0, 10), read(3, 0, 10)]));
  expect((await client.reply()).cookie).toBe(1);
  await draining;
  await settle();
  expect(calls).toBe(1);
  await server.resume();
  expect((await client.replies(2)).map(({ cookie }) => cookie)).toEqual([2, 3]);
  await client.disconnect();
});

test('a payload that comes to the memory of the backend waits half-way', async () => {
  const bytes = new Uint8Array(2 ** 20);
  const disk: NbdBackend = {
    size: bytes.length,
    read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
    write: (offset, data) => bytes.set(data, offset),
    landing: (offset, length) => bytes.subarray(offset, offset + length),
  };
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  const payload = pattern(300_000);
  const message = write(1, 0, payload);
  await client.send(message.subarray(0, 100_000));
  await settle();
  await server.drain();
  const before = bytes.slice();
  const rest = client.send(message.subarray(100_000));
  await settle();
  expect(sameBytes(bytes, before)).toBe(true);
  await server.resume();
  await rest;
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  expect(sameBytes(bytes.subarray(0, payload.length), payload)).toBe(true);
  await client.disconnect();
});

test('a client that goes on writing is held back by its channel', async () => {
  const disk = smallDisk(2 ** 20);
  const { server } = serverOf(disk);
  const client = await RawClient.open(server, { pair: { capacity: 64 * 1024 } });
  await server.drain();
  let sent = 0;
  const flood = coRun(function* () {
    for (; sent < 40; sent++) yield* client.channel.writevAll([write(sent, 0, pattern(10_000))]);
  });
  await settle();
  expect(sent).toBe(6);
  await server.resume();
  await client.replies(40);
  await flood;
  await client.disconnect();
});

test('one export may be drained, and the others go on', async () => {
  const { server } = serverOf(smallDisk());
  server.addExport('busy', smallDisk());
  const busy = await RawClient.open(server, { exportName: 'busy' });
  const held = await RawClient.open(server);
  await server.drain('');
  await held.send(read(1, 0, 4));
  await busy.send(read(2, 0, 4));
  expect((await busy.reply()).cookie).toBe(2);
  const unknown = expect.objectContaining({ code: 'NBD_EXPORT_UNKNOWN' });
  await expect(server.drain('no such')).rejects.toThrow(unknown);
  await expect(server.resume({ exportName: 'no such' })).rejects.toThrow(unknown);
  await server.resume({ exportName: '' });
  expect((await held.reply()).cookie).toBe(1);
  await held.disconnect();
  await busy.disconnect();
});

test('drained again and again it loses nothing', async () => {
  const disk = smallDisk();
  const { server } = serverOf(disk);
  const client = await RawClient.open(server);
  for (let round = 0; round < 20; round++) {
    const message = Buffer.concat([read(round, round, 100), write(round, 0, pattern(10))]);
    const draining = server.drain();
    await client.send(message.subarray(0, round + 20));
    // Open and shut again while the first drain is under way.
    const resuming = round % 2 === 0 ? draining.then(() => server.resume()) : server.resume();
    await client.send(message.subarray(round + 20));
    await resuming;
    expect((await client.replies(2)).map(({ cookie }) => cookie)).toEqual([round, round]);
  }
  await client.disconnect();
});
