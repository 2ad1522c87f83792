import { getMainAioContext } from '@coaio/aio-context';
import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf } from './support/servers.js';

/** Lets everything happen that can happen without the disk. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    getMainAioContext().poll();
  }
}

test('in number: the backend never has more than maxInFlight of one connection', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk, { maxInFlight: 3 }).server);
  for (let cookie = 0; cookie < 8; cookie++) await client.send(read(cookie, 0, 1));
  for (let answered = 0; answered < 8; answered++) {
    await settle();
    expect(disk.calls).toHaveLength(Math.min(8, answered + 3));
    disk.calls[answered]?.succeed();
    expect((await client.reply()).cookie).toBe(answered);
  }
  await client.disconnect();
});

test('the limit is each connection’s own', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk, { maxInFlight: 1 });
  const clients = await Promise.all([RawClient.open(server), RawClient.open(server)]);
  for (const client of clients) await client.send(read(1, 0, 1), read(2, 0, 1));
  await settle();
  expect(disk.calls).toHaveLength(2);
  for (const client of clients) client.channel.close();
});

test('in bytes: payloads of reads and of writes', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk, { maxInFlightBytes: 10_000 }).server);
  await client.send(read(1, 0, 4000), write(2, 0, pattern(4000)), flush(3), read(4, 0, 4000));
  await settle();
  expect(disk.calls.map(({ operation }) => operation)).toEqual(['read', 'write', 'flush']);
  disk.calls[2]?.succeed();
  await settle();
  expect(disk.calls).toHaveLength(3);
  disk.calls[1]?.succeed();
  await disk.called(4);
  disk.calls[0]?.succeed();
  disk.calls[3]?.succeed();
  await client.replies(4);
  await client.disconnect();
});

test('a request above the limit is served when nothing else is held', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk, { maxInFlightBytes: 1000 }).server);
  await client.send(read(1, 0, 10), write(2, 0, pattern(5000)));
  await settle();
  expect(disk.calls).toHaveLength(1);
  disk.calls[0]?.succeed();
  await disk.called(2);
  disk.calls[1]?.succeed();
  await client.replies(2);
  await client.disconnect();
});
