import {
  ClientHandshake,
  encodeDataChunk,
  encodeErrorChunk,
  encodeHoleChunk,
  exportInfoFromFlags,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';

const view = new DataView(new ArrayBuffer(8192));
const none = new Uint8Array(0);
const facts = { name: '', size: 1n, flags: 1 };

test.each<[string, () => unknown, string]>([
  [
    'export name over 4096',
    () => new ClientHandshake({ goal: 'go', exportName: 'x'.repeat(4097) }),
    'export name: 4097 bytes exceed the NBD limit of 4096',
  ],
  [
    'export name with NUL',
    () => new ClientHandshake({ goal: 'go', exportName: '\0' }),
    'export name: it contains a NUL character, which NBD does not allow',
  ],
  [
    'negative size',
    () => exportInfoFromFlags({ ...facts, size: -1n }),
    'export: size -1 does not fit 64 bits',
  ],
  [
    'size over 64 bits',
    () => exportInfoFromFlags({ ...facts, size: 1n << 64n }),
    'export: size 18446744073709551616 does not fit 64 bits',
  ],
  [
    'flags over 16 bits',
    () => exportInfoFromFlags({ ...facts, flags: 0x10000 }),
    'export: transmission flags 65536 do not fit 16 bits',
  ],
  [
    'block size',
    () => exportInfoFromFlags({ ...facts, blockSize: { minimum: 3, preferred: 512, maximum: 512 } }),
    'export: minimum block size 3 is not a power of 2 up to 65536',
  ],
  [
    'data chunk of 0 bytes',
    () => encodeDataChunk(view, 0, true, 0, 0, 0, 0, 0),
    'chunk: data of 0 bytes is outside the limits 1 to 4294967287',
  ],
  [
    'data chunk over 32 bits',
    () => encodeDataChunk(view, 0, true, 0, 0, 0, 0, 0xfffffff8),
    'chunk: data of 4294967288 bytes is outside the limits 1 to 4294967287',
  ],
  [
    'hole of 0 bytes',
    () => encodeHoleChunk(view, 0, true, 0, 0, 0, 0, 0),
    'chunk: hole of 0 bytes is outside the limits 1 to 4294967295',
  ],
  [
    'error chunk that says success',
    () => encodeErrorChunk(view, 0, true, 0, 0, 0, none),
    'error chunk: error value 0 means success',
  ],
  [
    'message over 4096',
    () => encodeErrorChunk(view, 0, true, 0, 0, 5, new Uint8Array(4097)),
    'chunk: message of 4097 bytes is outside the limits 1 to 4096',
  ],
])('%s', (_, run, message) => {
  const error = thrown(run);
  expect(error).toMatchObject({ name: 'NbdUsageError', code: 'NBD_BAD_ARGUMENT', fault: 'caller', message });
});
