import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@coaio/aio-context';
import { CertificateAuthority } from '@coaio/certificates';
import { NbdClient, type NbdTlsOptions } from '@coaio/nbd-client';
import { QIOChannelPair, TlsCredentials } from '@coaio/qio-channel';
import { afterAll, describe, expect, test } from 'vitest';
import { against, authority, issued, type NegotiatingOptions } from './support/negotiating-server.js';

const folder = await mkdtemp(join(tmpdir(), 'nbd-client-tls-'));
afterAll(() => rm(folder, { recursive: true }));
const stranger = await CertificateAuthority.create('stranger');
await writeFile(join(folder, 'ca-cert.pem'), authority.certificate);
const hostname = 'server.test';
const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const keys = TlsCredentials.pskServer(new Map([['alice', key]]));
await writeFile(join(folder, 'keys'), `alice:${key.toString('hex')}\n`);

function connect(tls: NbdTlsOptions, server: NegotiatingOptions['tlsServer'] = {}) {
  const options = { tls: 'require', tlsServer: server } as const;
  return against(options, (channel) => NbdClient.connect({ channel, tls }));
}

describe('certificates', () => {
  test.each<[string, NbdTlsOptions]>([
    ['the authority in a folder', { certificates: folder, hostname }],
    [
      'an address that it is not for, unverified',
      { certificates: folder, hostname: 'other', verifyPeer: false },
    ],
    ['no authority and no name, unverified', { verifyPeer: false }],
  ])('%s', async (_title, tls) => {
    const { client, server } = await connect(tls);
    expect(client.status).toBe('fulfilled');
    expect(server).toMatchObject({ value: { event: { tls: true } } });
  });

  test.each<[string, NbdTlsOptions, string]>([
    ['another name', { certificates: folder, hostname: 'other.test' }, 'NBD_TLS_HOSTNAME'],
    ['the authorities of Node', { hostname }, 'NBD_TLS_UNTRUSTED'],
    [
      'another authority',
      { credentials: TlsCredentials.x509({ ca: stranger.certificate }), hostname },
      'NBD_TLS_UNTRUSTED',
    ],
  ])('%s is refused', async (_title, tls, code) => {
    const { client, server } = await connect(tls);
    expect(client).toMatchObject({
      reason: { name: 'NbdTlsError', code, fault: 'peer', operation: 'connect' },
    });
    expect(client).toHaveProperty('reason.cause.code', code.replace('NBD_', 'QIO_CHANNEL_'));
    expect(server).not.toMatchObject({ value: { event: { type: 'ready' } } });
  });

  test('a server that wants one of ours', async () => {
    const verifyPeer = true;
    const { client } = await connect({ certificates: folder, hostname }, { verifyPeer });
    expect(client).toMatchObject({ reason: { code: 'NBD_TLS_NO_CERTIFICATE', fault: 'peer' } });
    const credentials = TlsCredentials.x509(await issued({ dns: ['a client'] }));
    const known = await connect({ credentials, hostname }, { verifyPeer });
    expect(known.client.status).toBe('fulfilled');
  });
});

describe('keys', () => {
  test.each<[string, NbdTlsOptions]>([
    ['given', { psk: { identity: 'alice', key } }],
    ['of a file', { psk: join(folder, 'keys'), username: 'alice' }],
  ])('%s', async (_title, tls) => {
    const { client } = await connect(tls, { credentials: keys });
    expect(client.status).toBe('fulfilled');
  });

  test.each<[string, NbdTlsOptions, object]>([
    [
      'another key',
      { psk: { identity: 'alice', key: Buffer.alloc(16) } },
      { code: 'NBD_TLS_PSK', fault: 'peer' },
    ],
    ['nobody we know', { psk: { identity: 'bob', key } }, { code: 'NBD_TLS_PSK', fault: 'peer' }],
  ])('%s', async (_title, tls, reason) => {
    expect((await connect(tls, { credentials: keys })).client).toMatchObject({ reason });
  });
});

describe('what cannot be is told before the server hears anything', () => {
  test.each<[string, NbdTlsOptions, object]>([
    ['no name', { certificates: folder }, { code: 'NBD_BAD_ARGUMENT', message: /no host.*tls\.hostname/ }],
    ['no folder', { certificates: '/nonexistent', hostname }, { code: 'NBD_TLS_CREDENTIALS' }],
    ['a file without us', { psk: join(folder, 'keys') }, { code: 'NBD_TLS_CREDENTIALS', message: /"qemu"/ }],
    ['no key', { psk: { identity: 'alice', key: new Uint8Array(0) } }, { code: 'NBD_TLS_CREDENTIALS' }],
  ])('%s', async (_title, tls, reason) => {
    const { client, server } = await connect(tls);
    const message = (reason as { message?: RegExp }).message ?? /./;
    const expected = { fault: 'caller', ...reason, message: expect.stringMatching(message) };
    expect(client).toMatchObject({ reason: expected });
    expect(server).toMatchObject({ value: { event: null } });
  });
});

test('the keys of a server are not a client’s', async () => {
  const { client } = await connect({ credentials: keys });
  expect(client).toMatchObject({ reason: { code: 'NBD_TLS_CREDENTIALS', fault: 'caller' } });
});

test('a file that cannot be read to its end holds nobody beyond the limit', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const clock = new VirtualClock();
  const [channel, peer] = QIOChannelPair.open();
  const connecting = NbdClient.connect({ channel, clock, tls: { psk: fifo } });
  clock.advance(30_000e6);
  await expect(connecting).rejects.toMatchObject({ code: 'NBD_TIMEOUT' });
  expect(await peer.promises.readv([new Uint8Array(1)])).toBe(0);
  // Whoever still waits for the file may go.
  await (await open(fifo, 'w')).close();
});
