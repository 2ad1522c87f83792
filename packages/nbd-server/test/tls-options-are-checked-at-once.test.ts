import { TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { NbdServer, type NbdServerOptions } from '../src/index.js';
import { serverOf, smallDisk } from './support/servers.js';
import { authority, certificateOf, serverCredentials, tlsServer } from './support/tls.js';

const withoutCa = TlsCredentials.x509(await certificateOf(authority, 'server'));
const credentials = serverCredentials;
const nothing = undefined as unknown as TlsCredentials;
const sometimes = 'disable' as unknown as 'allow';

test.each<[string, NbdServerOptions, string]>([
  ['no credentials', { tls: { credentials: nothing } }, 'NBD_BAD_ARGUMENT'],
  ['a policy that there is not', { tls: { credentials, policy: sometimes } }, 'NBD_BAD_ARGUMENT'],
  ['a client’s certificates', { tls: { credentials: TlsCredentials.x509() } }, 'QIO_CHANNEL_TLS_CREDENTIALS'],
  [
    'a client’s key',
    { tls: { credentials: TlsCredentials.psk({ identity: 'a', key: new Uint8Array(16) }) } },
    'QIO_CHANNEL_TLS_CREDENTIALS',
  ],
  [
    'nobody to verify the peer by',
    { tls: { credentials: withoutCa, verifyPeer: true } },
    'QIO_CHANNEL_TLS_CREDENTIALS',
  ],
  ['TLS required of oldstyle clients', { tls: { credentials }, oldstyle: true }, 'NBD_BAD_ARGUMENT'],
  ['TLS required without haggling', { tls: { credentials }, fixedNewstyle: false }, 'NBD_BAD_ARGUMENT'],
])('%s', (_, options, code) => {
  expect(() => new NbdServer(options)).toThrow(expect.objectContaining({ code }));
});

test('an export for TLS alone needs a server that has it', () => {
  const { server } = serverOf(smallDisk());
  expect(() => server.addExport('x', smallDisk(), { tlsRequired: true })).toThrow(
    expect.objectContaining({ code: 'NBD_BAD_ARGUMENT', message: expect.stringMatching(/made without tls/) }),
  );
});

test('the URI says whether a client has to ask for TLS', async () => {
  const where = { type: 'inet', host: '127.0.0.1', port: 0 } as const;
  expect(await tlsServer().server.listen(where)).toMatch(/^nbds:/);
  expect(await tlsServer({ policy: 'allow' }).server.listen(where)).toMatch(/^nbd:/);
});
