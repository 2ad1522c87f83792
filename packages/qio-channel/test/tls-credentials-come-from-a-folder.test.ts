import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';
import { authority, handshake } from './support/tls-pair.js';

const KEYS = 'alice:00112233\nqemu:8899aabb\n#626f62:ccddeeff\n';

const of = async (folder: string, files: Record<string, string>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
};

test('certificates in the layout of QEMU and libnbd', async () => {
  await inTemporaryFolder(async (folder) => {
    const server = await authority.issue({ dns: ['server.test'] });
    const client = await authority.issue({ name: 'alice' });
    await of(folder, {
      'ca-cert.pem': authority.certificate,
      'server-cert.pem': server.certificate,
      'server-key.pem': server.key,
      'client-cert.pem': client.certificate,
      'client-key.pem': client.key,
      'ca-crl.pem': await authority.revoke([]),
      'keys.psk': KEYS,
    });
    const ended = await handshake({
      client: { credentials: await TlsCredentials.fromFolder(folder, 'client') },
      server: { credentials: await TlsCredentials.fromFolder(folder, 'server'), verifyPeer: true },
    });
    expect(ended.client).toMatchObject({ peerCertificate: { subject: 'CN=somebody' } });
    expect(ended.server).toMatchObject({ peerCertificate: { subject: 'CN=alice' } });
    const { kind } = await TlsCredentials.fromFolder(folder, 'client', { kind: 'psk' });
    expect(kind).toBe('psk');

    // The same server, taken back.
    await of(folder, { 'ca-crl.pem': await authority.revoke([server]) });
    const revoked = await handshake({
      client: { credentials: await TlsCredentials.fromFolder(folder, 'client') },
      server: { credentials: await TlsCredentials.fromFolder(folder, 'server') },
    });
    expect(revoked.client).toMatchObject({ code: 'QIO_CHANNEL_TLS_UNTRUSTED' });
  });
});

test('pre-shared keys, as psktool writes them', async () => {
  await inTemporaryFolder(async (folder) => {
    await of(folder, { 'keys.psk': KEYS });
    const server = { credentials: await TlsCredentials.fromFolder(folder, 'server') };
    for (const username of [undefined, 'alice', 'bob']) {
      const credentials = await TlsCredentials.fromFolder(folder, 'client', { username });
      const ended = await handshake({ client: { credentials }, server });
      expect(ended.server).toMatchObject({ pskIdentity: username ?? 'qemu' });
    }
  });
});

const missing: [string, 'client' | 'server', Record<string, string>, RegExp][] = [
  ['nothing at all', 'client', {}, /a client needs .*ca-cert\.pem, and there is no such file/],
  ['nothing at all', 'server', {}, /a server needs .*server-cert\.pem, and there is no such file/],
  ['no key', 'server', { 'server-cert.pem': 'x' }, /a server needs .*server-key\.pem/],
  [
    'a key alone',
    'client',
    { 'ca-cert.pem': 'x', 'client-key.pem': 'x' },
    /a client needs .*client-cert\.pem/,
  ],
  ['no PEM', 'server', { 'server-cert.pem': 'x', 'server-key.pem': 'x' }, /the key cannot be used/],
  ['no such user', 'client', { 'keys.psk': 'alice:00' }, /keys\.psk: it has no key of "qemu"/],
  [
    'half a digit pair',
    'server',
    { 'keys.psk': 'alice:00\nbob:123' },
    /keys\.psk line 2: want pairs of hex.* 3 char/,
  ],
  ['no colon', 'server', { 'keys.psk': 'alice' }, /keys\.psk line 1: want name:hexkey/],
  ['a name twice', 'server', { 'keys.psk': 'a:00\nb:00\na:11' }, /keys\.psk line 3: "a" has a key already/],
];

test.each(missing)('%s, for a %s', async (_title, role, files, message) => {
  await inTemporaryFolder(async (folder) => {
    await of(folder, files);
    await expect(TlsCredentials.fromFolder(folder, role)).rejects.toMatchObject({
      code: 'QIO_CHANNEL_TLS_CREDENTIALS',
      message: expect.stringMatching(message),
    });
  });
});

test("a key that is not the certificate's, and half a pair", async () => {
  const [one, other] = [await authority.issue(), await authority.issue()];
  const refusal = (message: string) =>
    expect.objectContaining({
      code: 'QIO_CHANNEL_TLS_CREDENTIALS',
      message: expect.stringContaining(message),
    });
  expect(() => TlsCredentials.x509({ certificate: one.certificate, key: other.key })).toThrow(
    refusal('key values mismatch'),
  );
  expect(() => TlsCredentials.x509({ certificate: one.certificate })).toThrow(refusal('the key is missing'));
  expect(() => TlsCredentials.x509({ key: one.key })).toThrow(refusal('the certificate is missing'));
});
