import { VirtualClock } from '@coaio/aio-context';
import { CertificateAuthority } from '@coaio/certificates';
import { QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { RawClient, read } from './support/raw-client.js';
import { authority, certificateOf, TLS_CLIENT, tlsServer } from './support/tls.js';

/** Up to where TLS has to start. */
async function beforeTls(server: Parameters<typeof RawClient.greeted>[0]): Promise<RawClient> {
  const client = RawClient.greeted(server);
  await client.send(Buffer.from('0000000349484156454f50540000000500000000', 'hex'));
  await client.receive(18 + 20);
  return client;
}

async function stillServed(client: RawClient): Promise<void> {
  await client.send(read(1, 0, 4));
  expect((await client.reply()).error).toBe(0);
  await client.disconnect();
}

test.each([
  ['speaks no TLS', (client: RawClient) => client.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(100)))],
  ['leaves', (client: RawClient) => client.channel.shutdown('both')],
])('a client that %s', async (_, act) => {
  const { server, complaints } = tlsServer();
  const other = await RawClient.open(server, TLS_CLIENT);
  const client = await beforeTls(server);
  await act(client);
  await client.served;
  expect(complaints).toMatchObject([{ error: { code: expect.stringMatching(/^QIO_CHANNEL_/) } }]);
  await stillServed(other);
});

test('a client that falls silent in it is dropped at the deadline', async () => {
  const clock = new VirtualClock();
  const { server, complaints } = tlsServer({}, { clock });
  const other = await RawClient.open(server, TLS_CLIENT);
  const silent = await beforeTls(server);
  const afterwards = await beforeTls(server);
  await afterwards.startTls(TLS_CLIENT.tlsClient);
  clock.advance(10_000e6);
  await Promise.all([silent.served, afterwards.served]);
  expect(complaints).toMatchObject([
    { error: { code: 'NBD_HANDSHAKE_TIMEOUT' } },
    { error: { code: 'NBD_HANDSHAKE_TIMEOUT' } },
  ]);
  await stillServed(other);
});

test('close() does not wait for one', async () => {
  const { server, complaints } = tlsServer();
  const silent = await beforeTls(server);
  await server.close();
  await silent.served;
  expect(complaints).toEqual([]);
});

test('with verifyPeer a client without a certificate, or with a stranger’s, is refused', async () => {
  const { server, complaints } = tlsServer({ verifyPeer: true });
  const stranger = await CertificateAuthority.create('stranger');
  const ca = authority.certificate;
  const known = TlsCredentials.x509({ ca, ...(await certificateOf(authority, 'client')) });
  const unknown = TlsCredentials.x509({ ca, ...(await certificateOf(stranger, 'client')) });
  for (const credentials of [TLS_CLIENT.tlsClient.credentials, unknown]) {
    const tlsClient = { ...TLS_CLIENT.tlsClient, credentials };
    const opening = RawClient.open(server, { tls: 'require', tlsClient });
    await expect(opening).rejects.toThrow();
  }
  expect(complaints.map(({ error }) => (error as { code: string }).code)).toEqual([
    'QIO_CHANNEL_TLS_NO_CERTIFICATE',
    'QIO_CHANNEL_TLS_UNTRUSTED',
  ]);
  const tlsClient = { ...TLS_CLIENT.tlsClient, credentials: known };
  const client = await RawClient.open(server, { tls: 'require', tlsClient });
  await stillServed(client);
});

test('keys that both sides know will do too', async () => {
  const key = new Uint8Array(32).fill(5);
  const { server } = tlsServer({ credentials: TlsCredentials.pskServer(new Map([['alice', key]])) });
  const tlsClient = { credentials: TlsCredentials.psk({ identity: 'alice', key }) };
  const client = await RawClient.open(server, { tls: 'require', tlsClient });
  expect(client.channel).toBeInstanceOf(QIOChannelTls);
  await stillServed(client);
});
