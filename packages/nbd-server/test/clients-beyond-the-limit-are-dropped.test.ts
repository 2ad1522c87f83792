import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { RawClient } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

test('at once, and a place is free again when a client leaves', async () => {
  const { server, complaints } = serverOf(smallDisk(), { maxConnections: 2 });
  const first = await RawClient.open(server);
  const second = RawClient.greeted(server);
  const third = RawClient.greeted(server);
  expect(await third.end()).toHaveLength(0);
  await third.served;
  expect(complaints).toMatchObject([{ error: { code: 'NBD_TOO_MANY_CONNECTIONS', fault: 'server' } }]);
  await first.disconnect();
  const fourth = await RawClient.open(server);
  await fourth.disconnect();
  second.channel.close();
  await second.served;
});

test('also those that come while the server is drained, before anybody greets them', async () => {
  const { server, complaints } = serverOf(smallDisk(), { maxConnections: 1 });
  await server.drain();
  const first = RawClient.greeted(server);
  const second = RawClient.greeted(server);
  expect(await second.end()).toHaveLength(0);
  expect(complaints).toMatchObject([{ error: { code: 'NBD_TOO_MANY_CONNECTIONS' } }]);
  await server.resume();
  await first.handshake();
  await first.disconnect();
  const third = await RawClient.open(server);
  await third.disconnect();
});

test('a client that was never greeted is let go with the server', async () => {
  const limit = { max: 1, count: 0, enter: () => ++limit.count <= 1, leave: () => limit.count-- };
  const { server } = serverOf(smallDisk());
  await server.drain();
  const [channel, serverChannel] = QIOChannelPair.open();
  const served = server.serveChannel(serverChannel, { limit });
  await server.close();
  await served;
  expect(limit.count).toBe(0);
  channel.close();
});
