import { QIOChannelPair, QIOChannelTls } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { clientCredentials, serverCredentials } from './support/tls-pair.js';

const begin = {
  client: (channel: QIOChannelPair, signal: AbortSignal) =>
    QIOChannelTls.promises.client(channel, {
      credentials: clientCredentials,
      hostname: 'server.test',
      signal,
    }),
  server: (channel: QIOChannelPair, signal: AbortSignal) =>
    QIOChannelTls.promises.server(channel, { credentials: serverCredentials, signal }),
};

test.each(['client', 'server'] as const)('a %s, before and while it waits for the peer', async (role) => {
  const reason = new Error('changed my mind');
  for (const early of [true, false]) {
    const [channel, peer] = QIOChannelPair.open();
    const controller = new AbortController();
    if (early) controller.abort(reason);
    const handshake = begin[role](channel, controller.signal);
    if (!early) {
      // It is under way: the client has spoken; the server waits for that.
      if (role === 'client') await peer.promises.yield('in');
      controller.abort(reason);
    }
    await expect(handshake).rejects.toBe(reason);
    await expect(channel.promises.writev([new Uint8Array(1)])).rejects.toMatchObject({
      code: 'QIO_CHANNEL_SHUT_DOWN',
    });
    const said = new Uint8Array(10_000);
    while ((await peer.promises.readv([said])) > 0);
  }
});

test('once it is over the signal is of no more account', async () => {
  const [left, right] = QIOChannelPair.open();
  const controller = new AbortController();
  const [client, server] = await Promise.all([
    begin.client(left, controller.signal),
    begin.server(right, controller.signal),
  ]);
  controller.abort();
  await client.promises.writevAll([Uint8Array.of(1)]);
  await server.promises.readvAll([new Uint8Array(1)]);
});
