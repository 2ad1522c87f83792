import { CertificateAuthority } from '@coaio/certificates';
import { QIOChannelPair, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { authority, handshake, outcomes, pick, serverCredentials } from './support/tls-pair.js';

const ca = authority.certificate;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

test.each(versions)('one of its authority, and says whose it is: %s', async (maxVersion) => {
  const issued = await authority.issue({ name: 'alice' });
  const credentials = TlsCredentials.x509({ ca, ...pick(issued), maxVersion });
  const { client, server } = await handshake({ client: { credentials }, server: { verifyPeer: true } });
  expect(client).toMatchObject({ protocol: maxVersion });
  expect(server).toMatchObject({ peerCertificate: { subject: 'CN=alice' } });
});

test('nobody is asked by default', async () => {
  const issued = await authority.issue({ name: 'alice' });
  const { server } = await handshake({
    client: { credentials: TlsCredentials.x509({ ca, ...pick(issued) }) },
  });
  expect(server).toMatchObject({ peerCertificate: null });
});

test('a client without one is refused, and TLS 1.2 tells it so', async () => {
  const { client, server } = await handshake({
    client: { credentials: TlsCredentials.x509({ ca, maxVersion: 'TLSv1.2' }) },
    server: { verifyPeer: true },
  });
  expect(server).toMatchObject({
    code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE',
    message: expect.stringContaining('the client was asked for a certificate and has none'),
  });
  expect(client).toMatchObject({
    code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE',
    message: expect.stringContaining('the server asks for a certificate, and there is none'),
  });
});

test('TLS 1.3 tells the client when it reads', async () => {
  const [client, server] = await outcomes(QIOChannelPair.open(), { server: { verifyPeer: true } });
  expect(server).toMatchObject({ reason: { code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE' } });
  if (client.status === 'rejected') throw client.reason;
  const refusal = { code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE' };
  await expect(client.value.promises.readv([new Uint8Array(1)])).rejects.toMatchObject(refusal);
  await expect(client.value.promises.writev([new Uint8Array(1)])).rejects.toMatchObject(refusal);
});

test('one of another authority is refused', async () => {
  const stranger = await (await CertificateAuthority.create('elsewhere')).issue({ name: 'mallory' });
  const [client, server] = await outcomes(QIOChannelPair.open(), {
    client: { credentials: TlsCredentials.x509({ ca, ...pick(stranger) }) },
    server: { credentials: serverCredentials, verifyPeer: true },
  });
  expect(server).toMatchObject({
    reason: {
      code: 'QIO_CHANNEL_TLS_UNTRUSTED',
      message: expect.stringMatching(/"CN=mallory" by "CN=elsewhere"/),
    },
  });
  // Node cannot send the alert: the client only finds that the connection is gone, and never a clean end.
  if (client.status === 'rejected') throw client.reason;
  await expect(client.value.promises.readv([new Uint8Array(1)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_TRUNCATED',
  });
});

test('a server must know whom to trust, and what to show', async () => {
  const [channel] = QIOChannelPair.open();
  const noAuthority = TlsCredentials.x509(pick(await authority.issue()));
  await expect(
    QIOChannelTls.promises.server(channel, { credentials: noAuthority, verifyPeer: true }),
  ).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_CREDENTIALS',
    message: expect.stringContaining('verifyPeer needs ca'),
  });
  await expect(
    QIOChannelTls.promises.server(channel, { credentials: TlsCredentials.x509({ ca }) }),
  ).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_CREDENTIALS',
    message: expect.stringContaining('needs a certificate and its key'),
  });
});
