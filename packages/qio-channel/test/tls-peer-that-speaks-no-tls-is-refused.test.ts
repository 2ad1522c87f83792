import { QIOChannelPair, QIOChannelTls } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { clientCredentials, serverCredentials } from './support/tls-pair.js';

const options = {
  client: { credentials: clientCredentials, hostname: 'server.test' },
  server: { credentials: serverCredentials },
};
const garbage = Uint8Array.from({ length: 4000 }, (_, index) => (index * 167 + 13) % 256);
// A handshake record of a length that TLS allows, and nothing sensible in it.
const wellFramed = Uint8Array.of(22, 3, 3, 0, 64, ...garbage.subarray(0, 64));

const sent: [string, Uint8Array][] = [
  ['NBD in plain text', Buffer.from('NBDMAGICIHAVEOPT\x00\x03')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: server.test\r\n\r\n')],
  ['garbage', garbage],
  ['garbage in a TLS record', wellFramed],
];

test.each(
  sent.flatMap(([what, bytes]) => (['client', 'server'] as const).map((role) => ({ role, what, bytes }))),
)('a $role that gets $what', async ({ role, bytes }) => {
  const [channel, peer] = QIOChannelPair.open();
  const handshake =
    role === 'client'
      ? QIOChannelTls.promises.client(channel, options.client)
      : QIOChannelTls.promises.server(channel, options.server);
  await peer.promises.writevAll([bytes]);
  await expect(handshake).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_HANDSHAKE',
    message: expect.stringMatching(/^memory: TLS handshake.*: (what the peer sends is not TLS|it failed): /),
  });
  await closedBelow(channel, peer);
});

/** Refused: so the channel below is closed, once what TLS has said is read. */
async function closedBelow(channel: QIOChannelPair, peer: QIOChannelPair): Promise<void> {
  const said = [new Uint8Array(10_000)];
  while ((await peer.promises.readv(said)) > 0);
  await expect(channel.promises.writev([new Uint8Array(1)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_SHUT_DOWN',
  });
}
