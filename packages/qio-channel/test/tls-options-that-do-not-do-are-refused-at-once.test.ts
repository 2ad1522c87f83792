import { QIOChannelPair, QIOChannelTls, TlsCredentials } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import { authority, clientCredentials, handshake, serverCredentials } from './support/tls-pair.js';

const key = Buffer.alloc(16, 1);
const ca = authority.certificate;

/** JavaScript callers have no types. */
// biome-ignore lint/suspicious/noExplicitAny: any value at all is what is tested
const untyped = (value: unknown): any => value;

function refusal(message: string) {
  return expect.objectContaining({
    code: 'QIO_CHANNEL_TLS_CREDENTIALS',
    message: expect.stringContaining(message),
  });
}

test.each([
  ['text', 'garbage', 'no PEM certificate'],
  ['nothing', '', 'no PEM certificate'],
  ['a number', 5, 'no PEM certificate'],
  ['one of two', [ca, 'garbage'], 'no PEM certificate'],
  ['a certificate in DER', Buffer.from(ca.replace(/-----.*-----/g, ''), 'base64'), 'no PEM certificate'],
  ['half a certificate', ca.slice(0, ca.length / 2), 'cannot be read'],
  ['half a certificate behind a whole one', ca + ca.slice(0, ca.length / 2), 'cannot be read'],
])('ca: %s', (_what, value, message) => {
  expect(() => TlsCredentials.x509({ ca: untyped(value) })).toThrow(refusal(message));
});

test('ca: several in one text, with words between them, do', async () => {
  const credentials = TlsCredentials.x509({ ca: `# ours\n${ca}\n# the same\n${ca}` });
  const { client } = await handshake({ client: { credentials } });
  expect(client).toMatchObject({ protocol: 'TLSv1.3' });
});

test('a lowest version above the highest', () => {
  const versions = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' } as const;
  const wanted = refusal('minVersion "TLSv1.3" is above maxVersion "TLSv1.2"');
  expect(() => TlsCredentials.x509(versions)).toThrow(wanted);
  expect(() => TlsCredentials.psk({ identity: 'alice', key }, versions)).toThrow(wanted);
  expect(() => TlsCredentials.pskServer(new Map(), versions)).toThrow(wanted);
});

test.each([
  ['admin\0x', key, 'identity "admin\\u0000x" has a zero byte'],
  ['\ud800', key, 'is not UTF-8'],
  ['\ufffd', key, 'is not UTF-8'],
  [5, key, 'identity is a number'],
  ['alice', 'abcd', 'key of "alice" is no Uint8Array'],
])('%#: an identity or a key of the wrong kind', (identity, value, message) => {
  expect(() => TlsCredentials.psk(untyped({ identity, key: value }))).toThrow(refusal(message));
  expect(() => TlsCredentials.pskServer(untyped(new Map([[identity, value]])))).toThrow(refusal(message));
});

test('keys that are no Map', () => {
  expect(() => TlsCredentials.pskServer(untyped({ alice: key }))).toThrow(refusal('want a Map'));
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
  test.each([
    ['too long', Buffer.alloc(600), 'key of "alice" is 600 bytes long'],
    ['empty', Buffer.alloc(0), 'key of "alice" is 0 bytes long'],
    ['text', 'secret', 'key of "alice" is no Uint8Array'],
    ['a promise', Promise.resolve(key), 'key of "alice" is no Uint8Array'],
  ])(
    'a lookup that gives a key that is %s refuses the client, and ends nothing else',
    async (_what, given, message) => {
      const { client, server } = await handshake({
        client: { credentials: TlsCredentials.psk({ identity: 'alice', key }, { maxVersion }) },
        server: { credentials: TlsCredentials.pskServer(() => untyped(given)) },
      });
      expect(server).toEqual(refusal(message));
      expect(client).toMatchObject({ code: 'QIO_CHANNEL_TLS_PSK' });
    },
  );
});

test('a host name, or credentials, of another type: the channel is left as it is', async () => {
  const [left, right] = QIOChannelPair.open();
  const { client, server } = QIOChannelTls.promises;
  await expect(client(left, { hostname: untyped(5) })).rejects.toEqual(
    refusal('options.hostname is a number'),
  );
  await expect(client(left, { hostname: 'x', credentials: untyped({}) })).rejects.toEqual(
    refusal('options.credentials'),
  );
  await expect(server(right, { credentials: untyped(null) })).rejects.toEqual(refusal('options.credentials'));
  await left.promises.writevAll([Uint8Array.of(1)]);
  expect(await right.promises.readv([new Uint8Array(1)])).toBe(1);
});

test.each([null, 0, '', 'no'])('verifyPeer: %j does not turn it off', async (value) => {
  const options = { verifyPeer: untyped(value) };
  const { client } = await handshake({
    client: { ...options, credentials: TlsCredentials.x509({ ca: [] }) },
  });
  expect(client).toMatchObject({ code: 'QIO_CHANNEL_TLS_UNTRUSTED' });
  const { server } = await handshake({
    client: { credentials: clientCredentials },
    server: { ...options, credentials: serverCredentials },
  });
  expect(server).toMatchObject({ code: 'QIO_CHANNEL_TLS_NO_CERTIFICATE' });
});
