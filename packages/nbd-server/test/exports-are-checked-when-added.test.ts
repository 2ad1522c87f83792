import { expect, test } from 'vitest';
import { MemoryExport, type NbdBackend, NbdServer } from '../src/index.js';
import { serverOf, smallDisk } from './support/servers.js';

const disk = (facts: Partial<NbdBackend>): NbdBackend => ({ size: 4096, read: () => {}, ...facts });
const contexts = (...names: string[]) => ({ metaContexts: new Map(names.map((name) => [name, () => []])) });
const sizes = (minimum: number, preferred: number, maximum: number) => ({
  blockSize: { minimum, preferred, maximum },
});

test.each([
  ['name of 4097 bytes', 'x'.repeat(4097), disk({})],
  ['NUL', 'a\0b', disk({})],
  ['size -1', 'x', disk({ size: -1 })],
  ['size 1.5', 'x', disk({ size: 1.5 })],
  ['size 9007199254740992', 'x', disk({ size: 2n ** 53n })],
  ['maximum payload 67108864', 'x', disk(sizes(1, 4096, 2 ** 26))],
  ['no multiple of the minimum block size 3', 'x', disk(sizes(3, 4096, 2 ** 20))],
  ['size 4100', 'x', disk({ size: 4100, ...sizes(512, 4096, 2 ** 20) })],
  // As a caller without types could give them.
  ['size "4096"', 'x', disk({ size: '4096' as never })],
  ['size null', 'x', disk({ size: null as never })],
  ['the backend is no object', 'x', undefined as never],
  ['"read" of the backend is of type undefined', 'x', { size: 4096 } as never],
  ['"flush" of the backend is of type boolean', 'x', disk({ flush: true as never })],
  ['the name is of type object', disk({}) as never, undefined as never],
  ['"dirty" is no name', 'x', disk(contexts('dirty'))],
  ['"base:mine" is no name', 'x', disk(contexts('base:mine'))],
  ['"a b:c" is no name', 'x', disk(contexts('a b:c'))],
  ['"x-a:" is no name', 'x', disk(contexts('x-a:'))],
  ['exceeds 4096 bytes', 'x', disk(contexts(`x-a:${'y'.repeat(4096)}`))],
  ['exceed 1024', 'x', disk(contexts(...Array.from({ length: 1024 }, (_, index) => `x-a:${index}`)))],
])('%s', (detail, name, backend) => {
  const bad = expect.objectContaining({ code: 'NBD_BAD_EXPORT', message: expect.stringContaining(detail) });
  expect(() => new NbdServer().addExport(name, backend)).toThrow(bad);
});

test('block sizes that break the specification', () => {
  const bad = expect.objectContaining({ message: expect.stringContaining('preferred block size 4000') });
  expect(() => new NbdServer().addExport('x', disk(sizes(2, 4000, 2 ** 20)))).toThrow(bad);
});

test('a description that cannot be sent', () => {
  const bad = expect.objectContaining({ code: 'NBD_BAD_EXPORT' });
  expect(() => new NbdServer().addExport('x', disk({}), { description: 'y'.repeat(5000) })).toThrow(bad);
});

test('a name that is taken', () => {
  const { server } = serverOf(smallDisk());
  server.addExport('disk', smallDisk());
  const exists = expect.objectContaining({ code: 'NBD_EXPORT_EXISTS', fault: 'caller' });
  expect(() => server.addExport('disk', smallDisk())).toThrow(exists);
  expect(() => server.addExport('', smallDisk())).toThrow(exists);
});

test.each([-1, 1.5, Number.NaN, 2 ** 60, 10n ** 30n])('a memory export of %s bytes', (size) => {
  expect(() => new MemoryExport(size)).toThrow(expect.objectContaining({ code: 'NBD_BAD_EXPORT' }));
});

test.each([
  { handshakeTimeoutMs: -1 },
  { maxConnections: 0 },
  { maxInFlight: 0 },
  { maxInFlightBytes: Number.NaN },
])('a server with %o', (options) => {
  expect(() => new NbdServer(options)).toThrow(expect.objectContaining({ code: 'NBD_BAD_ARGUMENT' }));
});

// A disk that was to be read-only, a server that was to have TLS: as another one it must not be served.
test.each([
  [{ readonly: true }, 'export "x": there is no option "readonly"'],
  [{ readOnly: 'no' }, 'export "x": readOnly is of type string, not boolean'],
  [{ tlsRequired: null }, 'export "x": tlsRequired is of type null, not boolean'],
  ['a description', 'export "x": options of type string are no object'],
])('an export with %o', (options, message) => {
  const bad = expect.objectContaining({ code: 'NBD_BAD_ARGUMENT', message });
  expect(() => new NbdServer().addExport('x', smallDisk(), options as never)).toThrow(bad);
});

test.each([
  [{ TLS: {} }, 'NbdServer: there is no option "TLS"'],
  [{ toString: 1 }, 'NbdServer: there is no option "toString"'],
  [{ tls: null }, 'NbdServer: tls is of type null, not object'],
  [{ tls: { verifyPeer: 'yes' } }, 'NbdServer: tls.verifyPeer is of type string, not boolean'],
  [{ tls: { certificates: '/etc/pki/qemu' } }, 'NbdServer: there is no option "tls.certificates"'],
  [{ maxConnections: '5' }, 'NbdServer: maxConnections is of type string, not number'],
  [{ onConnectionError: {} }, 'NbdServer: onConnectionError is of type object, not function'],
])('a server with a wrong option %o', (options, message) => {
  const bad = expect.objectContaining({ code: 'NBD_BAD_ARGUMENT', message });
  expect(() => new NbdServer(options as never)).toThrow(bad);
});

test('an option may be undefined', () => {
  new NbdServer({ tls: undefined, maxConnections: undefined }).addExport('x', smallDisk(), {
    readOnly: undefined,
  });
});
