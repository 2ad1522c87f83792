import type { NbdClient } from '@coaio/nbd-client';
import { NBD_FLAG_READ_ONLY, NBD_FLAG_SEND_WRITE_ZEROES } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, type ScriptOptions } from './support/scripted-server.js';

const blockSize = { minimum: 512, preferred: 4096, maximum: 8192 };
const cases: [string, ScriptOptions['facts'], (client: NbdClient) => Promise<unknown>, string, string][] = [
  [
    'past the end',
    {},
    (c) => c.read(2 ** 20 - 1, 2),
    'NBD_OUT_OF_BOUNDS',
    'read: 2 bytes at 1048575 go past the end of the export at 1048576',
  ],
  ['past the end, bigint', {}, (c) => c.read(2n ** 20n, 1), 'NBD_OUT_OF_BOUNDS', 'read: 1 bytes at 1048576'],
  [
    'write past the end',
    {},
    (c) => c.write(2 ** 20, bytes(1)),
    'NBD_OUT_OF_BOUNDS',
    'write: 1 bytes at 1048576',
  ],
  ['negative offset', {}, (c) => c.read(-1, 1), 'NBD_BAD_ARGUMENT', 'read: offset -1'],
  ['negative bigint', {}, (c) => c.read(-1n, 1), 'NBD_BAD_ARGUMENT', 'read: offset -1'],
  ['fractional offset', {}, (c) => c.read(0.5, 1), 'NBD_BAD_ARGUMENT', 'read: offset 0.5'],
  ['unsafe offset', {}, (c) => c.read(2 ** 53, 1), 'NBD_BAD_ARGUMENT', 'read: offset 9007199254740992'],
  ['fractional length', {}, (c) => c.read(0, 1.5), 'NBD_BAD_ARGUMENT', 'read: length 1.5'],
  ['unsafe length', {}, (c) => c.read(0, 2 ** 53), 'NBD_BAD_ARGUMENT', 'read: length 9007199254740992'],
  [
    'unaligned offset',
    { blockSize },
    (c) => c.write(1, bytes(512)),
    'NBD_UNALIGNED',
    "write: write of 512 bytes at 1 is not aligned to the server's minimum block size 512",
  ],
  [
    'unaligned zeroes',
    { blockSize, flags: NBD_FLAG_SEND_WRITE_ZEROES },
    (c) => c.writeZeroes(0, 100),
    'NBD_UNALIGNED',
    'writeZeroes of 100 bytes at 0',
  ],
  [
    'unaligned length',
    { blockSize },
    (c) => c.write(0, bytes(100)),
    'NBD_UNALIGNED',
    'write of 100 bytes at 0',
  ],
  [
    'write to a read-only export',
    { flags: NBD_FLAG_READ_ONLY },
    (c) => c.write(0, bytes(1)),
    'NBD_READ_ONLY',
    'write: export "" is read-only',
  ],
  ['flush that is not offered', { flags: 0 }, (c) => c.flush(), 'NBD_NOT_OFFERED', 'NBD_FLAG_SEND_FLUSH'],
  ['trim that is not offered', {}, (c) => c.trim(0, 1), 'NBD_NOT_OFFERED', 'NBD_FLAG_SEND_TRIM'],
  ['cache that is not offered', {}, (c) => c.cache(0, 1), 'NBD_NOT_OFFERED', 'NBD_FLAG_SEND_CACHE'],
  [
    'zeroes that are not offered',
    {},
    (c) => c.writeZeroes(0, 1),
    'NBD_NOT_OFFERED',
    'NBD_FLAG_SEND_WRITE_ZEROES',
  ],
  [
    'fast zeroes that are not offered',
    { flags: NBD_FLAG_SEND_WRITE_ZEROES },
    (c) => c.writeZeroes(0, 1, { fast: true }),
    'NBD_NOT_OFFERED',
    'NBD_FLAG_SEND_FAST_ZERO',
  ],
  ['status without a context', {}, (c) => c.blockStatus(0, 1), 'NBD_NOT_OFFERED', 'metadata contexts'],
  ['a time that is none', {}, (c) => c.read(0, 1, { timeoutMs: -1 }), 'NBD_BAD_ARGUMENT', 'timeoutMs -1'],
  [
    'a signal that is none',
    {},
    (c) => c.read(0, 1, { signal: {} as never }),
    'NBD_BAD_ARGUMENT',
    'signal an object is not an AbortSignal',
  ],
  [
    'FUA that is not offered',
    { flags: 0 },
    (c) => c.write(0, bytes(1), { fua: true }),
    'NBD_NOT_OFFERED',
    'NBD_FLAG_SEND_FUA',
  ],
  [
    'a string to write',
    {},
    (c) => c.write(0, 'abc' as never),
    'NBD_BAD_ARGUMENT',
    'write: a string is no Uint8Array',
  ],
  [
    'numbers of 16 bits',
    {},
    (c) => c.write(0, new Uint16Array(4) as never),
    'NBD_BAD_ARGUMENT',
    'write: a Uint16Array is no Uint8Array',
  ],
  [
    'an array to read into',
    {},
    (c) => c.readInto(0, [] as never),
    'NBD_BAD_ARGUMENT',
    'read: an Array is no Uint8Array',
  ],
  [
    'an offset that is a string',
    {},
    (c) => c.read('0' as never, 1),
    'NBD_BAD_ARGUMENT',
    'read: offset of type string',
  ],
];

test.each(cases)('%s', async (_name, facts, call, code, message) => {
  const { client, ended } = await connectToScript((server) => server.request(), { facts: facts ?? {} });
  await expect(call(client)).rejects.toMatchObject({
    name: 'NbdUsageError',
    code,
    fault: 'caller',
    message: expect.stringContaining(message),
  });
  await client.close();
  // The first thing that the server saw.
  expect((await ended).type).toBe(2);
});
