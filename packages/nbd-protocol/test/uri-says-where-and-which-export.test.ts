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
  const where = fc.oneof(
    fc.record({
      type: fc.constant('inet' as const),
      host: fc.constantFrom('h.example', '::1', '10.0.0.1'),
      port: fc.integer({ min: 1, max: 65535 }),
    }),
    fc.record({ type: fc.constant('unix' as const), path: fc.string({ minLength: 1, unit: 'grapheme' }) }),
  );
  const uri = fc.record({ tls: fc.boolean(), where, exportName: fc.string({ unit: 'grapheme' }) });
  fc.assert(
    fc.property(uri, (its) => {
      expect(parseNbdUri(formatNbdUri(its))).toEqual(its);
    }),
  );
});

test('the default port and plain slashes stay readable', () => {
  expect(formatNbdUri({ tls: false, where: inet('::1'), exportName: 'a/b c' })).toBe('nbd://[::1]/a/b%20c');
  expect(formatNbdUri({ tls: false, where: unix('/run/x.sock'), exportName: '' })).toBe(
    'nbd+unix:///?socket=/run/x.sock',
  );
});
