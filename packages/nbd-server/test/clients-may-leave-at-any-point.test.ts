import { expect, test } from 'vitest';
import { GatedDisk } from './support/gated-disk.js';
import { flush, pattern, RawClient, read, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

/** Client flags, NBD_OPT_STRUCTURED_REPLY, NBD_OPT_GO for '', a read, a write and a flush. */
const SESSION = Buffer.concat([
  Buffer.from('00000003', 'hex'),
  Buffer.from('49484156454f50540000000800000000', 'hex'),
  Buffer.from('49484156454f5054000000070000000600000000', 'hex'),
  Buffer.from('0000', 'hex'),
  read(1, 0, 100),
  write(2, 0, pattern(20)),
  flush(3),
]);

test.each(['both', 'write'] as const)('after each byte of a session, with shutdown(%s)', async (how) => {
  const { server, complaints } = serverOf(smallDisk());
  const other = await RawClient.open(server);
  for (let sent = 0; sent <= SESSION.length; sent++) {
    const client = RawClient.greeted(server);
    await client.send(SESSION.subarray(0, sent));
    client.channel.shutdown(how);
    await client.served;
    await other.send(read(sent, 0, 10));
    expect((await other.reply()).cookie).toBe(sent);
  }
  // A half-sent request is worth a word. What else there is: a reply that found nobody.
  for (const { error } of complaints) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(NBD_UNEXPECTED_EOF|QIO_CHANNEL_)/) });
  }
  const placesWithinRequests = 28 - 1 + (28 + 20 - 1) + (28 - 1);
  if (how === 'write') expect(complaints).toHaveLength(placesWithinRequests);
  await other.disconnect();
});

test('after each byte of a session with a backend that has not answered, inside TLS too', async () => {
  for (const tls of [{}, TLS_CLIENT]) {
    const disk = new GatedDisk();
    const { server } = tlsServer({ policy: 'allow' });
    server.addExport('slow', disk);
    const other = await RawClient.open(server);
    const requests = Buffer.concat([read(1, 0, 100), write(2, 0, pattern(20)), flush(3)]);
    for (let sent = 0; sent <= requests.length; sent++) {
      const client = await RawClient.open(server, { ...tls, exportName: 'slow' });
      const before = disk.calls.length;
      await client.send(requests.subarray(0, sent));
      const taken = [28, 28 + 28 + 20, requests.length].filter((end) => sent >= end).length;
      await disk.called(before + taken);
      client.channel.close();
      // Some end before the server knows that the client has left, some after it.
      if (sent % 2 === 0) await settle(2);
      for (const call of disk.calls.slice(before)) call.succeed();
      await client.served;
      expect(disk.calls).toHaveLength(before + taken);
      await other.send(read(sent, 0, 10));
      expect((await other.reply()).cookie).toBe(sent);
    }
    await other.disconnect();
  }
});

test('with requests in flight: their results are dropped, and nobody else notices', async () => {
  const disk = new GatedDisk();
  const { server } = serverOf(disk);
  const other = await RawClient.open(server);
  const leaver = await RawClient.open(server);
  await leaver.send(read(1, 0, 100_000), write(2, 0, pattern(100)), flush(3), read(4, 0, 10));
  await disk.called(4);
  leaver.channel.close();
  await other.send(read(1, 3, 5));
  await disk.called(5);
  for (const [index, call] of disk.calls.entries()) {
    if (index % 2 === 0) call.succeed();
    else call.fail(new Error('too late'));
  }
  expect(await other.reply()).toMatchObject({ cookie: 1, error: 0 });
  await leaver.served;
  await other.disconnect();
});

test('half closed: what is in flight is still answered', async () => {
  const disk = new GatedDisk();
  const client = await RawClient.open(serverOf(disk).server);
  await client.send(read(1, 0, 10), read(2, 0, 10));
  await disk.called(2);
  client.channel.shutdown('write');
  for (const call of disk.calls) call.succeed();
  expect((await client.replies(2)).map(({ error }) => error)).toEqual([0, 0]);
  expect(await client.end()).toHaveLength(0);
  await client.served;
});

test.each([1000, 100_000])(
  'in the middle of a write of %i bytes: nothing of it is written',
  async (length) => {
    const written: number[] = [];
    const disk = { size: 200_000, read: () => {}, write: (offset: number) => void written.push(offset) };
    const { server, complaints } = serverOf(disk);
    const client = await RawClient.open(server);
    await client.send(write(1, 0, new Uint8Array(length)).subarray(0, length));
    client.channel.shutdown('both');
    await client.served;
    expect(written).toEqual([]);
    expect(complaints).toMatchObject([{ error: { code: 'NBD_UNEXPECTED_EOF' } }]);
  },
);
