import { QIOChannelPair, QIOChannelTls } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';
import { clientCredentials, handshake, tlsOver } from './support/tls-pair.js';

test.each(['other.test', '127.0.0.2', 'test'])(
  'for server.test and 127.0.0.1, and it wants %s',
  async (hostname) => {
    const { client, server } = await handshake({ client: { hostname } });
    expect(client).toMatchObject({
      code: 'QIO_CHANNEL_TLS_HOSTNAME',
      message: expect.stringMatching(
        `TLS handshake with ${hostname}: the peer's certificate is not for "${hostname}"; .*DNS:server.test, IP Address:127.0.0.1`,
      ),
    });
    // It has proved who it is, and the client goes away without a word.
    expect(server).not.toHaveProperty('code', 'QIO_CHANNEL_TLS_HOSTNAME');
  },
);

test.each(['server.test', 'SERVER.TEST', '127.0.0.1'])('and takes it for %s', async (hostname) => {
  const { client } = await handshake({ client: { hostname } });
  expect(client).toMatchObject({
    protocol: 'TLSv1.3',
    cipher: expect.stringMatching(/^TLS_/),
    pskIdentity: null,
    peerCertificate: {
      subject: 'CN=server',
      issuer: 'CN=test authority',
      subjectAltName: 'DNS:server.test, IP Address:127.0.0.1',
      validTo: expect.any(Date),
    },
  });
});

test('a client that does not say what name it wants is told so, and the channel is left alone', async () => {
  const [channel, peer] = QIOChannelPair.open();
  await expect(
    QIOChannelTls.promises.client(channel, { credentials: clientCredentials }),
  ).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_CREDENTIALS',
    message: expect.stringContaining('options.hostname must say what name'),
  });
  await channel.promises.writevAll([Uint8Array.of(1)]);
  expect(await peer.promises.readv([new Uint8Array(2)])).toBe(1);
});

test('unless it does not care', async () => {
  const { client } = await handshake({ client: { hostname: undefined, verifyPeer: false } });
  expect(client).toMatchObject({ peerCertificate: { issuer: 'CN=test authority' } });
});

test('by default it is the host that the channel has connected to', async () => {
  const [client] = await tlsOver(await socketPair(loopback), { client: { hostname: undefined } });
  expect(client.session.peerCertificate).toMatchObject({ subject: 'CN=server' });
  client.close();
});
