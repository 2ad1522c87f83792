import { VirtualClock } from '@coaio/aio-context';
import { NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { MemoryExport, NbdServer, type NbdServerOptions } from '../src/index.js';
import { GatedDisk } from './support/gated-disk.js';
import { pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';

const MIB = 2 ** 20;
const S = 1e9;
/** Room for 32 MiB of one connection, whose own limit is not what is tested. */
const LIMITS: NbdServerOptions = { maxTotalInFlightBytes: 32 * MIB, maxInFlightBytes: 64 * MIB };

/** A client that has all of the total, by `count` reads of a MiB that the disk has, and waits for room for one more. */
async function greedyClient(server: NbdServer, disk: GatedDisk, exportName = ''): Promise<RawClient> {
  const greedy = await RawClient.open(server, { exportName });
  for (let cookie = 0; cookie < 33; cookie++) await greedy.send(read(cookie, 0, MIB));
  await disk.called(32);
  await settle();
  expect(disk.calls).toHaveLength(32);
  return greedy;
}

test('who has less goes before who has more and has waited longer', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, LIMITS);
  const greedy = await greedyClient(server, disk);
  const [first, second] = [await RawClient.open(server), await RawClient.open(server)];
  for (const client of [first, second]) {
    await client.send(read(1, client === first ? 4096 : 8192, 2 * MIB));
    await settle();
  }
  expect(disk.calls).toHaveLength(32);
  for (let ended = 0; ended < 8; ended++) {
    disk.calls[ended]?.succeed();
    await greedy.reply();
  }
  await settle();
  expect(disk.calls.slice(32).map(({ offset }) => offset)).toEqual([4096, 8192, 0]);
  for (const client of [greedy, first, second]) client.channel.close();
  for (const call of disk.calls) call.succeed();
});

test('256 KiB are for each, and wait for nobody', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, LIMITS);
  const greedy = await greedyClient(server, disk);
  const small = await RawClient.open(server);
  // What is left of the total is as much again.
  for (let cookie = 0; cookie < 9; cookie++) await small.send(write(cookie, 64, pattern(64 * 1024)));
  await disk.called(40);
  await settle();
  expect(disk.calls).toHaveLength(40);
  // The ninth is let in by the first.
  disk.calls[32]?.succeed();
  expect((await small.reply()).cookie).toBe(0);
  await disk.called(41);
  for (const client of [greedy, small]) client.channel.close();
  for (const call of disk.calls) call.succeed();
});

test('what the backend still has of a client that has left is held', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, LIMITS);
  const greedy = await greedyClient(server, disk);
  greedy.channel.close();
  disk.calls[0]?.succeed();
  await greedy.served;
  const client = await RawClient.open(server);
  await client.send(read(1, 4096, 2 * MIB));
  await settle();
  expect(disk.calls).toHaveLength(32);
  disk.calls[1]?.succeed();
  await disk.called(33);
  client.channel.close();
  for (const call of disk.calls) call.succeed();
});

test.each([
  ['takes no replies', read(1, 0, 32 * MIB)],
  ['stops in its payload', write(1, 0, new Uint8Array(32 * MIB)).subarray(0, 1000)],
])('a client that %s is dropped once others have waited for 30 s', async (_, message) => {
  const clock = new VirtualClock();
  const { server, complaints } = serverOf(smallDisk(32 * MIB), { ...LIMITS, clock });
  const hoarder = await RawClient.open(server);
  await hoarder.send(message);
  await settle();
  clock.advance(60 * S);
  expect(complaints).toEqual([]);
  const client = await RawClient.open(server);
  const sending = client.send(write(1, 0, new Uint8Array(MIB)));
  await settle();
  clock.advance(29 * S);
  expect(complaints).toEqual([]);
  clock.advance(9 * S);
  expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
  await sending;
  await hoarder.served;
  expect(complaints).toMatchObject([
    { error: { code: 'NBD_HOARD_TIMEOUT', fault: 'peer', message: /that others waited for$/ } },
  ]);
  await client.disconnect();
});

test('who waits can be drained, and goes on waiting', async () => {
  const [disk, other] = [new GatedDisk(), new GatedDisk()];
  const { server } = serverOf(disk, LIMITS);
  server.addExport('other', other);
  const greedy = await greedyClient(server, disk);
  const client = await RawClient.open(server, { exportName: 'other' });
  await client.send(read(1, 0, MIB));
  await settle();
  await server.drain('other');
  await server.resume({ exportName: 'other' });
  await settle();
  expect(other.calls).toHaveLength(0);
  for (let ended = 0; ended < 4; ended++) {
    disk.calls[ended]?.succeed();
    await greedy.reply();
  }
  await other.called(1);
  for (const peer of [greedy, client]) peer.channel.close();
  for (const call of [...disk.calls, ...other.calls]) call.succeed();
});

test('who waits when the server closes is told so at once', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, LIMITS);
  const greedy = await greedyClient(server, disk);
  const client = await RawClient.open(server);
  await client.send(read(1, 0, MIB), read(2, 0, 1));
  await settle();
  const closed = server.close();
  expect(await client.reply()).toMatchObject({ cookie: 1, error: NBD_ESHUTDOWN });
  for (const call of disk.calls) call.succeed();
  greedy.channel.close();
  await closed;
});

test('the total takes the largest request', () => {
  const bad = expect.objectContaining({ code: 'NBD_BAD_ARGUMENT' });
  expect(() => new NbdServer({ maxTotalInFlightBytes: 32 * MIB - 1 })).toThrow(bad);
});

test('nobody waits for the rest of a payload whose connection is drained', async () => {
  const { server } = serverOf(smallDisk(), LIMITS);
  server.addExport('drained', new MemoryExport(64 * MIB));
  server.addExport('other', new MemoryExport(64 * MIB));
  const writer = await RawClient.open(server, { exportName: 'drained' });
  const message = write(1, 0, pattern(32 * MIB));
  await writer.send(message.subarray(0, 100_000));
  await settle();
  await server.drain('drained');
  const reader = await RawClient.open(server, { exportName: 'other' });
  await reader.send(read(2, 0, MIB));
  expect(await reader.reply()).toMatchObject({ cookie: 2, error: 0 });
  await server.resume({ exportName: 'drained' });
  await writer.send(message.subarray(100_000));
  expect(await writer.reply()).toMatchObject({ cookie: 1, error: 0 });
  for (const client of [writer, reader]) client.channel.close();
});
