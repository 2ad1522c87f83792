import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_CACHE,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_READ,
  NBD_CMD_TRIM,
  NBD_CMD_WRITE,
  NBD_CMD_WRITE_ZEROES,
  ReadCoverage,
  ReplyKind,
  StatusCoverage,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORMS } from './support/forms.js';
import { pattern, RawClient, type request, sameBytes } from './support/raw-client.js';
import { serverOf } from './support/servers.js';
import { WholeDisk } from './support/whole-disk.js';

const SIZE = 160 * 1024;

const command = fc.record({
  type: fc.constantFrom(
    NBD_CMD_READ,
    NBD_CMD_WRITE,
    NBD_CMD_TRIM,
    NBD_CMD_WRITE_ZEROES,
    NBD_CMD_CACHE,
    NBD_CMD_BLOCK_STATUS,
  ),
  offset: fc.nat({ max: SIZE - 1 }),
  length: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: SIZE })),
  flags: fc.constantFrom(0, NBD_CMD_FLAG_FUA),
});

async function readBack(client: RawClient, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const coverage = new ReadCoverage();
  coverage.begin(length);
  for (;;) {
    const { kind, offset: at, length: size, data, done } = await client.reply(length);
    if (kind === ReplyKind.SIMPLE) return data;
    coverage.add(at - offset, size);
    bytes.set(kind === ReplyKind.HOLE ? new Uint8Array(size) : data, at - offset);
    if (done) break;
  }
  coverage.finish();
  return bytes;
}

/** What is said to be zero must be. */
async function checkStatus(client: RawClient, expected: Uint8Array, offset: number, length: number) {
  const coverage = new StatusCoverage();
  coverage.begin(
    client.metaContexts.map(({ id }) => id),
    length,
    false,
  );
  for (;;) {
    const { contextId, extents, done } = await client.reply();
    coverage.beginChunk(contextId);
    let at = offset;
    for (const extent of extents) {
      coverage.addExtent(0, extent.length);
      const zero = expected.subarray(at, at + extent.length).every((byte) => byte === 0);
      if (extent.status === 3n) expect(zero).toBe(true);
      at += extent.length;
    }
    if (done) break;
  }
  coverage.finish();
}

test.each(FORMS)('%s', async (_, options, form: typeof request) => {
  const session = fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
    const disk = new WholeDisk(SIZE);
    const expected = new Uint8Array(SIZE);
    const metaContexts = 'structuredReplies' in options ? [] : ['base:allocation', 'x-test:holes'];
    const client = await RawClient.open(serverOf(disk).server, { ...options, metaContexts });
    for (const [index, { type, offset, length: wanted, flags }] of commands.entries()) {
      const length = Math.min(wanted, SIZE - offset);
      if (type === NBD_CMD_BLOCK_STATUS && metaContexts.length === 0) continue;
      if (type === NBD_CMD_WRITE) {
        const payload = pattern(length, index);
        expected.set(payload, offset);
        await client.send(form(type, index, offset, length, { flags, payload }));
      } else await client.send(form(type, index, offset, length, { flags }));
      if (type === NBD_CMD_READ) {
        const found = await readBack(client, offset, length);
        expect(sameBytes(found, expected.subarray(offset, offset + length))).toBe(true);
      } else if (type === NBD_CMD_BLOCK_STATUS) await checkStatus(client, expected, offset, length);
      else expect(await client.reply()).toMatchObject({ cookie: index, error: 0, done: true });
      if (type === NBD_CMD_TRIM || type === NBD_CMD_WRITE_ZEROES) expected.fill(0, offset, offset + length);
    }
    await client.disconnect();
    expect(sameBytes(disk.bytes, expected)).toBe(true);
  });
  await fc.assert(session, { numRuns: process.env['COAIO_SOAK'] === undefined ? 40 : 2000 });
});
