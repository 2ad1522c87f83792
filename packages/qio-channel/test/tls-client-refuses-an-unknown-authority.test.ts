import { CertificateAuthority } from '@coaio/certificates';
import { TlsCredentials } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';
import { authority, handshake, pick } from './support/tls-pair.js';

const impostor = await CertificateAuthority.create('impostor');
const forged = TlsCredentials.x509(pick(await impostor.issue({ dns: ['server.test'] })));

test('of another authority', async () => {
  const { client } = await handshake({ server: { credentials: forged } });
  expect(client).toMatchObject({
    code: 'QIO_CHANNEL_TLS_UNTRUSTED',
    message: expect.stringMatching(
      /not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); its certificate "CN=somebody" for DNS:server\.test by "CN=impostor"/,
    ),
  });
});

test('with nothing said, those that Node trusts, and no environment variable turns that off', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const { client } = await handshake({ client: { credentials: undefined } });
  vi.unstubAllEnvs();
  expect(client).toMatchObject({ code: 'QIO_CHANNEL_TLS_UNTRUSTED' });
});

test('one that its authority has taken back', async () => {
  const issued = await authority.issue({ dns: ['server.test'] });
  const credentials = TlsCredentials.x509({
    ca: authority.certificate,
    crl: await authority.revoke([issued]),
  });
  const { client } = await handshake({
    client: { credentials },
    server: { credentials: TlsCredentials.x509(pick(issued)) },
  });
  expect(client).toMatchObject({
    code: 'QIO_CHANNEL_TLS_UNTRUSTED',
    message: expect.stringContaining('CERT_REVOKED'),
  });
  const other = await handshake({ client: { credentials } });
  expect(other.client).toMatchObject({ protocol: 'TLSv1.3' });
});

test('told not to verify, it takes whoever answers', async () => {
  const { client } = await handshake({ client: { verifyPeer: false }, server: { credentials: forged } });
  expect(client).toMatchObject({ peerCertificate: { issuer: 'CN=impostor' } });
});
