import { NbdClient } from '@coaio/nbd-client';
import { NBD_FLAG_SEND_FLUSH, NBD_FLAG_SEND_TRIM, NBD_FLAG_SEND_WRITE_ZEROES } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

const FLAGS = NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_TRIM | NBD_FLAG_SEND_WRITE_ZEROES;
const DATA = Buffer.from('a');

/** Of an iterable the first step. */
async function first(iterable: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of iterable) return item;
  return undefined;
}

// As a caller without types could give them: a write that was to be durable must not be done as another.
const cases: [string, (client: NbdClient, options: never) => unknown, unknown, string][] = [
  ['write', (c, o) => c.write(0, DATA, o), { fua: 1 }, 'write: fua 1 is not true or false'],
  ['write', (c, o) => c.write(0, DATA, o), { fua: 'yes' }, 'write: fua a string is not true or false'],
  ['write', (c, o) => c.write(0, DATA, o), { FUA: true }, 'write: there is no option "FUA"'],
  ['write', (c, o) => c.write(0, DATA, o), true, 'write: options: a boolean is not an object'],
  ['write', (c, o) => c.co.write(0, DATA, o), { fua: null }, 'write: fua null is not true or false'],
  ['read', (c, o) => c.read(0, 1, o), { timeout: 1 }, 'read: there is no option "timeout"'],
  ['read', (c, o) => c.read(0, 1, o), null, 'read: options: null is not an object'],
  ['read', (c, o) => c.read(0, 1, o), { timeoutMs: '5' }, 'timeoutMs a string is not a number of milli'],
  ['read', (c, o) => c.read(0, 1, o), new AbortController().signal, 'there is no option'],
  ['flush', (c, o) => c.flush(o), 'fua', 'flush: options: a string is not an object'],
  ['trim', (c, o) => c.trim(0, 1, o), { fua: 0 }, 'trim: fua 0 is not true or false'],
  ['writeZeroes', (c, o) => c.writeZeroes(0, 1, o), { nohole: true }, 'no option "nohole"'],
  ['blockStatus', (c, o) => c.blockStatus(0, 1, o), { contexts: 'a:b' }, 'contexts a string is not a list'],
  ['extents', (c, o) => first(c.extents(o)), { start: 5 }, 'extents: there is no option "start"'],
  ['extents', (c, o) => first(c.extents(o)), { offset: null }, 'extents: offset null is not'],
  ['readStream', (c, o) => c.readStream(o), { start: null }, 'readStream: start null is not'],
  ['readStream', (c, o) => c.readStream(o), { end: null }, 'readStream: end null is not'],
  ['writeStream', (c, o) => c.writeStream(o), { inFlight: null }, 'writeStream: inFlight null is not'],
  ['readChunks', (c, o) => first(c.readChunks(0, 1, o)), { df: 1 }, 'df 1 is not true or false'],
  ['readStream', (c, o) => c.readStream(o), { highWaterMark: 5 }, 'no option "highWaterMark"'],
  ['writeStream', (c, o) => c.writeStream(o), { fua: 'yes' }, 'fua a string is not true or false'],
  [
    'list',
    (_c, o) => NbdClient.list('nbd://x', o),
    { described: true },
    'list: there is no option "described"',
  ],
];

test.each(cases)('%s refuses them by name', async (_name, call, options, message) => {
  const { client, ended } = await connectToScript((server) => server.request(), { facts: { flags: FLAGS } });
  await expect((async () => await call(client, options as never))()).rejects.toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
    fault: 'caller',
    message: expect.stringContaining(message),
  });
  await client.close();
  // The first thing that the server saw.
  expect((await ended).type).toBe(2);
});
