import { formatNbdUri, type NbdUri, parseNbdUri } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const inet = (host: string, port = 10809): NbdUri['where'] => ({ type: 'inet', host, port });
const unix = (path: string): NbdUri['where'] => ({ type: 'unix', path });

const good: [string, NbdUri][] = [
  // The table of uri.md.
  ['nbd://example.com/disk', { tls: false, where: inet('example.com'), exportName: 'disk' }],
  ['nbd+unix:///disk?socket=sock', { tls: false, where: unix('sock'), exportName: 'disk' }],
  ['nbd://example.com/', { tls: false, where: inet('example.com'), exportName: '' }],
  ['nbd://example.com', { tls: false, where: inet('example.com'), exportName: '' }],
  ['nbd://example.com//disk', { tls: false, where: inet('example.com'), exportName: '/disk' }],
  ['nbd://example.com/hello%20world', { tls: false, where: inet('example.com'), exportName: 'hello world' }],
  // What a URL parser would spoil.
  ['nbd://h/a/../b', { tls: false, where: inet('h'), exportName: 'a/../b' }],
  ['nbd+unix:///?socket=/tmp/a+b%20c', { tls: false, where: unix('/tmp/a+b c'), exportName: '' }],
  ['nbd+unix:///?socket=%00/abstract', { tls: false, where: unix('\0/abstract'), exportName: '' }],
  ['NBD://Example.com:10810/x', { tls: false, where: inet('Example.com', 10810), exportName: 'x' }],
  ['nbd://[::1]:1/', { tls: false, where: inet('::1', 1), exportName: '' }],
  ['nbd:///disk', { tls: false, where: inet('localhost'), exportName: 'disk' }],
  ['nbd:', { tls: false, where: inet('localhost'), exportName: '' }],
  [
    'nbds://me@h/d?tls-type=psk&tls-hostname=other&tls-verify-peer=0',
    {
      tls: true,
      where: inet('h'),
      exportName: 'd',
      username: 'me',
      tlsType: 'psk',
      tlsHostname: 'other',
      tlsVerifyPeer: false,
    },
  ],
  [
    'nbds://h/?tls-certificates=/etc/pki%20x&tls-psk-file=/run/keys',
    { tls: true, where: inet('h'), exportName: '', tlsCertificates: '/etc/pki x', tlsPskFile: '/run/keys' },
  ],
  // Opportunistic TLS has parameters too.
  ['nbd://h/?tls-hostname=x', { tls: false, where: inet('h'), exportName: '', tlsHostname: 'x' }],
  ['nbd://[fe80::1%25eth0]/', { tls: false, where: inet('fe80::1%eth0'), exportName: '' }],
  ['nbd://me%40home@h/', { tls: false, where: inet('h'), exportName: '', username: 'me@home' }],
  ['nbds+unix://me@/d?socket=s', { tls: true, where: unix('s'), exportName: 'd', username: 'me' }],
];

test.each(good)('%s', (uri, parsed) => {
  expect(parseNbdUri(uri)).toEqual(parsed);
});

const bad: [string, string][] = [
  ['', 'it must start with one of nbd: nbds: nbd+unix: nbds+unix:'],
  ['localhost', 'it must start with one of'],
  ['http://localhost/', 'it must start with one of'],
  ['nbd:disk', 'must follow a "/"'],
  ['nbd://h/#x', '"#x" is no part of an NBD URI'],
  ['nbd://h/%zz', '"%zz" is not percent-encoded UTF-8'],
  ['nbd://h/%ff', '"%ff" is not percent-encoded UTF-8'],
  ['nbd://h:0/', 'port 0 is not in 1 to 65535'],
  ['nbd://h:65536/', 'port 65536'],
  ['nbd://h:x/', '"h:x" is not HOST or HOST:PORT'],
  ['nbd://h/?socket=/x', 'unknown parameter "socket"'],
  ['nbd://h/?timeout=1', 'unknown parameter "timeout"'],
  ['nbd+unix:///', 'the parameter "socket" must name the Unix socket'],
  ['nbd+unix:///?socket=', 'the parameter "socket" must name the Unix socket'],
  ['nbd+unix:///?socket=a&socket=b', 'parameter "socket" is given twice'],
  ['nbd+unix://disk?socket=a', 'a Unix socket has no host "disk"'],
  ['nbd+vsock://2:10809/', 'nbd+vsock: needs vsock sockets, which Node does not have'],
  ['nbds+vsock://2/', 'nbds+vsock: needs vsock sockets'],
  ['nbd+ssh://h/', 'nbd+ssh: needs an ssh tunnel'],
  ['nbd+tcp://h/', 'it must start with one of'],
  ['nbd://h/?x-mine=1', 'unknown parameter "x-mine"'],
  ['nbds://h/?tls-username=me', 'unknown parameter "tls-username"'],
  ['nbds://h/?tls-hostname=', 'the parameter "tls-hostname" is empty'],
  ['nbds://h/?tls-psk-file', 'the parameter "tls-psk-file" is empty'],
  ['nbd://h/a%00b', 'an export name has no NUL character'],
  ['nbd://a@b@h/', '"a@b@h" is not HOST or HOST:PORT'],
  ['nbd://[fe80::1%eth0]/', 'is not HOST or HOST:PORT'],
  ['nbds://h/?tls-type=x', 'tls-type "x" is not one of anon, x509, psk'],
  ['nbds://h/?tls-verify-peer=yes', 'tls-verify-peer "yes" is not 0 or 1'],
];

describe('refused with NBD_BAD_URI and the reason', () => {
  test.each(bad)('%s', (uri, reason) => {
    expect(() => parseNbdUri(uri)).toThrow(
      expect.objectContaining({
        name: 'NbdUsageError',
        code: 'NBD_BAD_URI',
        fault: 'caller',
        message: expect.stringContaining(reason),
      }),
    );
  });
});

test('what is formatted is parsed back', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
  const where = fc.oneof(
    fc.record({
      type: fc.constant('inet' as const),
      host: fc.oneof(fc.constantFrom('h.example', '::1', '10.0.0.1', 'fe80::1%eth/0'), fc.domain()),
      port: fc.integer({ min: 1, max: 65535 }),
    }),
    fc.record({ type: fc.constant('unix' as const), path: name }),
  );
  const uri = fc.record(
    {
      tls: fc.boolean(),
      where,
      exportName: fc.string({ unit: 'grapheme' }),
      username: fc.string({ unit: 'grapheme' }),
      tlsType: fc.constantFrom('anon' as const, 'x509' as const, 'psk' as const),
      tlsHostname: name,
      tlsVerifyPeer: fc.boolean(),
      tlsCertificates: name,
      tlsPskFile: name,
    },
    { requiredKeys: ['tls', 'where', 'exportName'] },
  );
  fc.assert(
    fc.property(uri, (its) => {
      expect(parseNbdUri(formatNbdUri(its))).toEqual(its);
    }),
    { numRuns: 1000 },
  );
});

test.each<[string, Partial<NbdUri>]>([
  ['an export name has no NUL character', { exportName: 'a\0' }],
  ['the export name is not valid Unicode', { exportName: '\ud800' }],
  ['the host is empty', { where: inet('') }],
  ['the socket is empty', { where: unix('') }],
  ['port 0 is not in 1 to 65535', { where: inet('h', 0) }],
  ['"h:1" is no IPv6 address', { where: inet('h:1') }],
  ['the tls-hostname is empty', { tlsHostname: '' }],
])('no URI can say it: %s', (reason, part) => {
  expect(() => formatNbdUri({ tls: false, where: inet('h'), exportName: '', ...part })).toThrow(
    expect.objectContaining({ code: 'NBD_BAD_URI', message: `NBD URI: ${reason}` }),
  );
});

test('whatever the string, parsing gives a URI or NBD_BAD_URI', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'nbds+ux:/?#[]@%=&0189aé\0. ') });
  fc.assert(
    fc.property(odd, fc.constantFrom('', 'nbd://', 'nbds://h/?', 'nbd+unix:///?socket='), (tail, head) => {
      let parsed: NbdUri;
      try {
        parsed = parseNbdUri(head + tail);
      } catch (error) {
        expect(error).toMatchObject({ code: 'NBD_BAD_URI' });
        return;
      }
      expect(parseNbdUri(formatNbdUri(parsed))).toEqual(parsed);
    }),
    { numRuns: 3000 },
  );
});

test('the default port and plain slashes stay readable', () => {
  expect(formatNbdUri({ tls: false, where: inet('::1'), exportName: 'a/b c' })).toBe('nbd://[::1]/a/b%20c');
  expect(formatNbdUri({ tls: false, where: unix('/run/x.sock'), exportName: '' })).toBe(
    'nbd+unix:///?socket=/run/x.sock',
  );
});
