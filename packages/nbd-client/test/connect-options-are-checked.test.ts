import { NbdClient, type NbdClientOptions, NbdNegotiation } from '@coaio/nbd-client';
import { TlsCredentials } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';

const uri = 'nbd://server.test';
const key = Buffer.alloc(16, 1);

describe('unknown ones, and values that they cannot have', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ exportname: 'disk' }, 'there is no option "exportname"'],
    [{ toString: 1 }, 'there is no option "toString"'],
    [{ tls: { cert: 'x' } }, 'there is no option "tls.cert"'],
    [{ strict: { align: false } }, 'there is no option "strict.align"'],
    [{ exportName: 7 }, 'exportName 7 is not a string'],
    [{ exportName: 'a\0b' }, 'NUL'],
    [{ exportName: 'x'.repeat(4097) }, '4096'],
    [{ tls: true }, 'tls true is not an object'],
    [{ tls: { policy: 'maybe' } }, 'tls.policy a string is not one of disable, allow, require'],
    [{ tls: { verifyPeer: 'no' } }, 'tls.verifyPeer a string is not true or false'],
    [{ tls: { hostname: '' } }, 'tls.hostname a string that is empty is not a string, not empty'],
    [{ tls: { credentials: {} } }, 'tls.credentials an object is not TlsCredentials'],
    [{ tls: { psk: 5 } }, 'tls.psk 5 is not a file, or identity and key'],
    [{ metaContexts: 'base:allocation' }, 'metaContexts a string is not a list of strings'],
    [{ metaContexts: ['allocation'] }, 'does not start with a namespace'],
    [{ structuredReplies: 1 }, 'structuredReplies 1 is not true or false'],
    [{ extendedHeaders: null }, 'extendedHeaders null is not true or false'],
    [{ requestTimeoutMs: -5 }, 'requestTimeoutMs -5 is not a number of milliseconds from 0 on'],
    [{ reconnectDelayMs: '1s' }, 'reconnectDelayMs a string is not a number of milliseconds from 0 on'],
    [{ livenessMs: Number.POSITIVE_INFINITY }, 'livenessMs Infinity is not'],
    [{ connections: 0 }, 'connections 0 is not an integer from 1 to 64'],
    [{ connections: 65 }, 'connections 65 is not'],
    [{ connections: 1.5 }, 'connections 1.5 is not'],
    [{ replayWrites: 'yes' }, 'replayWrites a string is not true or false'],
    [{ onEvent: {} }, 'onEvent an object is not a function'],
    [{ signal: {} }, 'signal an object is not an AbortSignal'],
    [{ clock: Date }, 'clock a function is not a clock'],
    [{ uri: 5 }, 'uri 5 is not a string'],
    [{ uri: undefined, channel: {} }, 'channel an object is not a QIOChannel'],
    [{ uri: undefined, address: 'localhost' }, 'address a string is not an object'],
  ])('%o', async (options, message) => {
    const target = { uri, ...options } as NbdClientOptions;
    for (const use of [NbdClient.connect, NbdClient.info, NbdNegotiation.open]) {
      await expect(use(target)).rejects.toMatchObject({
        code: 'NBD_BAD_ARGUMENT',
        message: expect.stringContaining(message),
      });
    }
  });
});

test('options behind the URI are not passed over', async () => {
  for (const use of [NbdClient.connect, NbdClient.info, NbdNegotiation.open]) {
    const call = use as (target: string, options: object) => Promise<unknown>;
    await expect(call(uri, { tls: {} })).rejects.toMatchObject({
      code: 'NBD_BAD_ARGUMENT',
      message: expect.stringContaining('into one object with the URI'),
    });
  }
});

test('an address that the system cannot have is the caller’s mistake', async () => {
  const address = { type: 'inet', host: 'localhost', port: 70_000 } as const;
  await expect(NbdClient.connect({ address })).rejects.toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
    message: expect.stringContaining('port 70000'),
  });
});

describe('what URI and options say of TLS', () => {
  const psk = { identity: 'alice', key };
  const x509 = TlsCredentials.x509();
  test.each<[string, NbdClientOptions['tls'], string]>([
    ['nbds://h', { policy: 'allow' }, 'the URI requires TLS, and tls.policy is allow'],
    ['nbds://h', { policy: 'disable' }, 'the URI requires TLS, and tls.policy is disable'],
    ['nbd://h?tls-hostname=x', undefined, 'TLS is not wanted: write nbds:'],
    ['nbd://h?tls-certificates=/x', { policy: 'disable' }, 'TLS is not wanted: write nbds:'],
    ['nbds://h?tls-type=psk', undefined, 'there is no key'],
    ['nbds://h?tls-type=psk', { credentials: x509 }, 'tls-type is psk, and tls.credentials is for x509'],
    ['nbds://h?tls-type=x509', { psk }, 'tls-type is x509, and tls.psk is for psk'],
    ['nbds://h?tls-type=x509&tls-psk-file=/x', undefined, 'tls-type is x509, and a file of keys is for psk'],
    [
      'nbds://h?tls-certificates=/x&tls-psk-file=/y',
      undefined,
      'give one of certificates and a file of keys',
    ],
    ['nbds://h?tls-certificates=/x', { credentials: x509 }, 'give one of tls.credentials and certificates'],
    [
      'nbds://h?tls-certificates=/x',
      { certificates: '/y' },
      'tls-certificates is "/x", and tls.certificates is "/y"',
    ],
    ['nbds://h?tls-psk-file=/x', { psk: '/y' }, 'tls-psk-file is "/x", and tls.psk is "/y"'],
    ['nbds://h?tls-hostname=a', { hostname: 'b' }, 'tls-hostname is "a", and tls.hostname is "b"'],
    ['nbds://h?tls-verify-peer=1', { verifyPeer: false }, 'tls-verify-peer is "true"'],
    ['nbds://bob@h', { psk }, 'the user in the URI is "bob", and the identity in the options is "alice"'],
    ['nbds://h', { psk, username: 'bob' }, 'psk.identity is "alice", and tls.username is "bob"'],
  ])('%s with %o', async (contradictory, tls, message) => {
    const target = tls === undefined ? contradictory : { uri: contradictory, tls };
    await expect(NbdClient.connect(target)).rejects.toMatchObject({
      name: 'NbdUsageError',
      code: 'NBD_BAD_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  test('anonymous TLS is not had', async () => {
    await expect(NbdClient.connect('nbds://h?tls-type=anon')).rejects.toMatchObject({
      code: 'NBD_TLS_UNSUPPORTED',
      message: expect.stringContaining('tls-type anon'),
    });
  });
});
