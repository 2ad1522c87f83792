import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { RawClient, read } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

function connection(server: ReturnType<typeof serverOf>['server']): QIOChannelPair {
  const [channel, serverChannel] = QIOChannelPair.open();
  void server.serveChannel(serverChannel);
  return channel;
}

test('NBD_OPT_LIST has them all, in the order in which they were added', async () => {
  const { server } = serverOf(smallDisk());
  server.addExport('b', smallDisk(), { description: 'second' });
  server.addExport('ä', smallDisk());
  const list = await NbdClient.list({ channel: connection(server) });
  expect(list.map(({ name, description }) => [name, description])).toEqual([
    ['', undefined],
    ['b', 'second'],
    ['ä', undefined],
  ]);
});

test('an unknown name is refused, and so is the default export where there is none', async () => {
  const { server } = serverOf(smallDisk());
  await expect(NbdClient.connect({ channel: connection(server), exportName: 'x' })).rejects.toMatchObject({
    code: 'NBD_EXPORT_UNKNOWN',
  });
  await server.removeExport('');
  server.addExport('only', smallDisk());
  await expect(NbdClient.connect({ channel: connection(server) })).rejects.toMatchObject({
    code: 'NBD_EXPORT_UNKNOWN',
  });
});

test('NBD_OPT_EXPORT_NAME leads to transmission too, unknown names to the end', async () => {
  const { server, complaints } = serverOf(smallDisk());
  const oldClient = RawClient.greeted(server);
  // No flags at all: not fixed newstyle, and the 124 zeroes follow.
  await oldClient.send(Buffer.from('0000000049484156454f50540000000100000000', 'hex'));
  await oldClient.receive(18);
  const answer = Buffer.from(await oldClient.receive(134));
  expect(answer.readBigUInt64BE(0)).toBe(4096n);
  await oldClient.send(read(1, 0, 9));
  expect(await oldClient.reply(9)).toMatchObject({ cookie: 1, error: 0 });
  await oldClient.disconnect();

  const lost = RawClient.greeted(server);
  await lost.send(Buffer.from('0000000049484156454f5054000000010000000178', 'hex'));
  expect(await lost.end()).toHaveLength(18);
  await lost.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_EXPORT_UNKNOWN' } }]);
});

test('NBD_OPT_ABORT is acknowledged, and no reason to complain', async () => {
  const { server, complaints } = serverOf(smallDisk());
  const abort = Buffer.from('0000000349484156454f50540000000200000000', 'hex');
  const polite = RawClient.greeted(server);
  await polite.send(abort);
  const answer = Buffer.from(await polite.end());
  expect(answer.subarray(18).toString('hex')).toBe('0003e889045565a9000000020000000100000000');
  const hasty = RawClient.greeted(server);
  await hasty.send(abort);
  hasty.channel.close();
  await Promise.all([polite.served, hasty.served]);
  expect(complaints).toEqual([]);
});

test('requests that come with the last option are served', async () => {
  const client = RawClient.greeted(serverOf(smallDisk()).server);
  const go = Buffer.from('0000000349484156454f50540000000700000006000000000000', 'hex');
  await client.send(Buffer.concat([go, read(1, 0, 3), read(2, 0, 3)]));
  // Greeting, NBD_INFO_EXPORT, NBD_INFO_BLOCK_SIZE, NBD_REP_ACK.
  await client.receive(18 + 32 + 34 + 20);
  expect((await client.reply(3)).cookie).toBe(1);
  expect((await client.reply(3)).cookie).toBe(2);
  await client.disconnect();
});
