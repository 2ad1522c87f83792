import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '@coaio/certificates';
import { TlsCredentials, type TlsVersion } from '@coaio/qio-channel';
import { beforeAll, describe, expect, test } from 'vitest';
import { echoThrough, gnutlsCli, PSK_PRIORITY, startGnutlsServ } from './support/gnutls.js';
import { describeWith } from './support/requires.js';
import { temporaryFolder } from './support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => join(folder, name);
const [hostname, only12] = ['server.test', ':-VERS-TLS1.3'];
const versions: [TlsVersion, string][] = [
  ['TLSv1.2', `NORMAL${only12}`],
  ['TLSv1.3', 'NORMAL'],
];
const MUCH = 'x'.repeat(1 << 18);

describeWith(['gnutls-serv', 'gnutls-cli', 'psktool'], 'GnuTLS', () => {
  let ours: TlsCredentials;
  let stranger: TlsCredentials;

  beforeAll(async () => {
    const write = (name: string, text: string): void => writeFileSync(file(name), text);
    const authority = await CertificateAuthority.create();
    write('ca-cert.pem', authority.certificate);
    for (const role of ['server', 'client']) {
      const issued = await authority.issue({ name: role, dns: [hostname] });
      write(`${role}-cert.pem`, issued.certificate);
      write(`${role}-key.pem`, issued.key);
    }
    const other = await CertificateAuthority.create('elsewhere');
    const mallory = await other.issue({ name: 'mallory' });
    write('other-cert.pem', other.certificate);
    write('mallory-cert.pem', mallory.certificate);
    write('mallory-key.pem', mallory.key);
    ours = await TlsCredentials.fromFolder(folder, 'client');
    stranger = TlsCredentials.x509({
      ca: authority.certificate,
      certificate: mallory.certificate,
      key: mallory.key,
    });
    for (const user of ['alice', 'qemu']) {
      execFileSync('psktool', ['--username', user, '--pskfile', file('keys.psk')], { stdio: 'ignore' });
    }
    const [line = ''] = readFileSync(file('keys.psk'), 'utf8').split('\n');
    write('wrong.psk', line.replace(/:.*/, `:${'00'.repeat(32)}`));
    write('unknown.psk', line.replace('alice', 'carol'));
  });

  const serverFiles = () => [
    ...['--x509certfile', file('server-cert.pem'), '--x509keyfile', file('server-key.pem')],
    ...['--x509cafile', file('ca-cert.pem')],
  ];

  describe.each(versions)('our client and its server, %s', (protocol, priority) => {
    test('certificates', async () => {
      const port = await startGnutlsServ(...serverFiles(), '--priority', priority);
      const session = await echoThrough(port, { credentials: ours, hostname }, `${MUCH}\n`);
      expect(session).toMatchObject({ protocol, peerCertificate: { subject: 'CN=server' } });
      await expect(echoThrough(port, { credentials: ours, hostname: 'other.test' })).rejects.toMatchObject({
        code: 'QIO_CHANNEL_TLS_HOSTNAME',
      });
      await expect(echoThrough(port, { hostname })).rejects.toMatchObject({
        code: 'QIO_CHANNEL_TLS_UNTRUSTED',
      });
    });

    test('a server that asks for a certificate', async () => {
      const asks = ['--require-client-cert', '--verify-client-cert'];
      const port = await startGnutlsServ(...serverFiles(), ...asks, '--priority', priority);
      expect(await echoThrough(port, { credentials: ours, hostname })).toMatchObject({ protocol });
      const none = TlsCredentials.x509({ ca: readFileSync(file('ca-cert.pem')) });
      await expect(echoThrough(port, { credentials: none, hostname })).rejects.toMatchObject({
        code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE',
      });
      await expect(echoThrough(port, { credentials: stranger, hostname })).rejects.toMatchObject({
        code: 'QIO_CHANNEL_TLS_REFUSED',
      });
    });

    test('pre-shared keys', async () => {
      const pskPriority = protocol === 'TLSv1.2' ? PSK_PRIORITY + only12 : PSK_PRIORITY;
      const port = await startGnutlsServ('--pskpasswd', file('keys.psk'), '--priority', pskPriority);
      const withKey = async (name: string, user: string) =>
        await echoThrough(port, {
          credentials: await TlsCredentials.fromPskFile(file(name), 'client', user),
        });
      expect(await withKey('keys.psk', 'alice')).toMatchObject({ protocol, pskIdentity: 'alice' });
      const refusal = { code: 'QIO_CHANNEL_TLS_PSK' };
      await expect(withKey('wrong.psk', 'alice')).rejects.toMatchObject(refusal);
      await expect(withKey('unknown.psk', 'carol')).rejects.toMatchObject(refusal);
    });
  });

  describe.each(versions)('our server and its client, %s', (protocol, priority) => {
    const trusting = (ca: string, name = hostname) => [
      ...['--x509cafile', file(ca), '--verify-hostname', name, '--priority', priority],
    ];
    const showing = (who: string) => [
      ...['--x509certfile', file(`${who}-cert.pem`), '--x509keyfile', file(`${who}-key.pem`)],
    ];

    test('certificates', async () => {
      const credentials = await TlsCredentials.fromFolder(folder, 'server');
      const good = await gnutlsCli({ credentials }, trusting('ca-cert.pem'), `${MUCH}\n`);
      expect(good).toMatchObject({ status: 0, ours: { value: { protocol, peerCertificate: null } } });
      expect(good.printed).toContain(MUCH);
      for (const args of [trusting('other-cert.pem'), trusting('ca-cert.pem', 'other.test')]) {
        const refused = await gnutlsCli({ credentials }, args);
        expect(refused).toMatchObject({ status: 1, ours: { reason: { code: 'QIO_CHANNEL_TLS_REFUSED' } } });
      }
    });

    test('a server that asks for a certificate', async () => {
      const asks = { credentials: await TlsCredentials.fromFolder(folder, 'server'), verifyPeer: true };
      const good = await gnutlsCli(asks, [...trusting('ca-cert.pem'), ...showing('client')]);
      expect(good).toMatchObject({
        status: 0,
        ours: { value: { peerCertificate: { subject: 'CN=client' } } },
      });
      const none = await gnutlsCli(asks, trusting('ca-cert.pem'));
      expect(none).toMatchObject({ status: 1, ours: { reason: { code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE' } } });
      const other = await gnutlsCli(asks, [...trusting('ca-cert.pem'), ...showing('mallory')]);
      expect(other).toMatchObject({ ours: { reason: { code: 'QIO_CHANNEL_TLS_UNTRUSTED' } } });
      expect(other.printed).not.toContain('hello');
    });

    test('pre-shared keys', async () => {
      // gnutls-cli 3.7 crashes when it describes a TLS 1.2 session with (EC)DHE-PSK, whoever serves.
      const pskPriority = protocol === 'TLSv1.2' ? `NORMAL:-KX-ALL:+PSK${only12}` : PSK_PRIORITY;
      const credentials = await TlsCredentials.fromFolder(folder, 'server', { kind: 'psk' });
      const withKey = (name: string) => {
        const [user = '', key = ''] = readFileSync(file(name), 'utf8').split('\n')[0]?.split(':') ?? [];
        return gnutlsCli({ credentials }, [
          ...['--priority', pskPriority, '--pskusername', user, '--pskkey', key],
        ]);
      };
      expect(await withKey('keys.psk')).toMatchObject({
        status: 0,
        printed: expect.stringContaining('hello'),
        ours: { value: { protocol, pskIdentity: 'alice' } },
      });
      for (const name of ['wrong.psk', 'unknown.psk']) {
        const refused = await withKey(name);
        expect(refused).toMatchObject({ status: 1, ours: { reason: { code: 'QIO_CHANNEL_TLS_PSK' } } });
      }
    });
  });
});
