import { QIOChannelPair, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { describe, expect, test, vi } from 'vitest';
import { handshake, serverCredentials } from './support/tls-pair.js';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const other = Buffer.from('ffeeddccbbaa99887766554433221100', 'hex');

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
  const alice = TlsCredentials.psk({ identity: 'alice', key }, { maxVersion });
  const withKeys = (keys: Map<string, Uint8Array>) => ({
    client: { credentials: alice, hostname: undefined },
    server: { credentials: TlsCredentials.pskServer(keys) },
  });

  test('both sides know the key', async () => {
    const { client, server } = await handshake(withKeys(new Map([['alice', key]])));
    const facts = { protocol: maxVersion, pskIdentity: 'alice', peerCertificate: null };
    expect(client).toMatchObject(facts);
    expect(server).toMatchObject(facts);
  });

  test('another key', async () => {
    const { client, server } = await handshake(withKeys(new Map([['alice', other]])));
    expect(server).toMatchObject({
      code: 'QIO_CHANNEL_TLS_PSK',
      message: expect.stringContaining('the peer\'s key of "alice" is another one'),
    });
    expect(client).toMatchObject({
      code: 'QIO_CHANNEL_TLS_PSK',
      message: expect.stringContaining('the peer refused identity "alice" or its key'),
    });
  });

  test('an identity that the server does not know', async () => {
    const { client, server } = await handshake(withKeys(new Map([['bob', key]])));
    expect(server).toMatchObject({
      code: 'QIO_CHANNEL_TLS_PSK',
      message: expect.stringContaining('identity "alice" is not known'),
    });
    expect(client).toMatchObject({ code: 'QIO_CHANNEL_TLS_PSK' });
  });

  test('a lookup that throws refuses the client, and ends nothing else', async () => {
    const lookup = vi.fn(() => {
      throw new Error('no database');
    });
    const { server } = await handshake({
      client: { credentials: alice },
      server: { credentials: TlsCredentials.pskServer(lookup) },
    });
    expect(lookup).toHaveBeenCalledWith('alice');
    expect(server).toMatchObject({
      code: 'QIO_CHANNEL_TLS_PSK',
      message: expect.stringContaining('looking up "alice": no database'),
    });
  });

  test('a server that shows a certificate instead does not do', async () => {
    const { client } = await handshake({
      client: { credentials: alice },
      server: { credentials: serverCredentials },
    });
    expect(client.code).toBe(maxVersion === 'TLSv1.3' ? 'QIO_CHANNEL_TLS_PSK' : 'QIO_CHANNEL_TLS_HANDSHAKE');
  });
});

test("one side's credentials do not do for the other", async () => {
  const [channel] = QIOChannelPair.open();
  const refusal = { code: 'QIO_CHANNEL_TLS_CREDENTIALS' };
  const ofServer = TlsCredentials.pskServer(new Map());
  const ofClient = TlsCredentials.psk({ identity: 'alice', key });
  await expect(QIOChannelTls.promises.client(channel, { credentials: ofServer })).rejects.toMatchObject(
    refusal,
  );
  await expect(QIOChannelTls.promises.server(channel, { credentials: ofClient })).rejects.toMatchObject(
    refusal,
  );
});

test.each([
  ['', key, 'identity is 0 bytes long, allowed are 1 to 128'],
  ['x'.repeat(129), key, 'identity is 129 bytes long'],
  ['alice', new Uint8Array(0), 'key of "alice" is 0 bytes long, allowed are 1 to 256'],
  ['alice', new Uint8Array(257), 'key of "alice" is 257 bytes long'],
])('%#: what TLS cannot take is refused before', (identity, bytes, message) => {
  const refusal = expect.objectContaining({
    code: 'QIO_CHANNEL_TLS_CREDENTIALS',
    message: expect.stringContaining(message),
  });
  expect(() => TlsCredentials.psk({ identity, key: bytes })).toThrow(refusal);
  expect(() => TlsCredentials.pskServer(new Map([[identity, bytes]]))).toThrow(refusal);
});
