import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import type { NbdBackend } from '../src/index.js';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

const MIB = 2 ** 20;

class CountingDisk implements NbdBackend {
  readonly size = 2 ** 30;
  bytesRead = 0;

  read(_: number, target: Uint8Array): void {
    this.bytesRead += target.length;
  }
}

test.each([4096, 65_536, MIB])('a flood of reads of %i bytes whose answers nobody reads', async (length) => {
  const disk = new CountingDisk();
  const { server } = serverOf(disk);
  server.addExport('other', smallDisk());
  const client = await RawClient.open(server);
  const wanted = 256 * MIB;
  // It does not come to its end: the channel fills up once the server has stopped reading.
  const flood = coRun(function* () {
    for (let sent = 0; sent < wanted; sent += length)
      yield* client.channel.writevAll([read(sent / length, 0, length)]);
  });
  const other = await RawClient.open(server, { exportName: 'other' });
  for (let round = 0; round < 100; round++) {
    await other.send(read(round, 0, 10));
    expect((await other.reply()).cookie).toBe(round);
  }
  // The backlog, and the reply that went over it.
  expect(disk.bytesRead).toBeGreaterThan(0);
  expect(disk.bytesRead).toBeLessThanOrEqual(4 * MIB + 64 * 1024 + length);
  await other.disconnect();
  client.channel.close();
  // Either all is written by now, or the channel says why not.
  await flood.catch(() => {});
  await client.served;
});

test('all of it is answered once the client reads', async () => {
  const client = await RawClient.open(serverOf(new CountingDisk()).server);
  const count = 200;
  const flood = coRun(function* () {
    for (let cookie = 0; cookie < count; cookie++) yield* client.channel.writevAll([read(cookie, 0, 65_536)]);
  });
  for (let cookie = 0; cookie < count; cookie++) expect((await client.reply()).cookie).toBe(cookie);
  await flood;
  await client.disconnect();
});
