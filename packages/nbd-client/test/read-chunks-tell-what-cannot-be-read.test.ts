import { NBD_EIO } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const facts = { blockSize: { minimum: 1, preferred: 512, maximum: 512 } };

test('each error, what did not come, and then the next request', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const [bad, good] = yield* server.requests(2);
      if (bad === undefined || good === undefined) return;
      yield* server.send(
        reply.data(bad, 10, bytes(10), false),
        reply.errorAt(bad, NBD_EIO, 30, false),
        reply.hole(bad, 50, 20, false),
        reply.error(bad, NBD_EIO, 'two bad sectors', false),
        reply.none(bad),
        reply.data(good, 512, bytes(50)),
      );
    },
    { facts },
  );
  const chunks = await allOf(client.readChunks(0, 562));
  expect(chunks).toEqual([
    { type: 'data', offset: 10, data: Buffer.from(bytes(10)) },
    { type: 'error', offset: 30, errno: 'EIO', serverText: '' },
    { type: 'hole', offset: 50, length: 20 },
    { type: 'error', offset: null, errno: 'EIO', serverText: 'two bad sectors' },
    { type: 'unread', offset: 0, length: 10 },
    { type: 'unread', offset: 20, length: 30 },
    { type: 'unread', offset: 70, length: 442 },
    { type: 'data', offset: 512, data: Buffer.from(bytes(50)) },
  ]);
  await client.close();
});

test('without structured replies: a chunk of data, or an error and nothing read', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const [bad, good] = yield* server.requests(2);
      if (bad === undefined || good === undefined) return;
      yield* server.send(reply.simple(good), bytes(50), reply.simple(bad, NBD_EIO));
    },
    { facts, structuredReplies: false },
  );
  expect(await allOf(client.readChunks(0, 562))).toEqual([
    { type: 'error', offset: null, errno: 'EIO', serverText: '' },
    { type: 'unread', offset: 0, length: 512 },
    { type: 'data', offset: 512, data: Buffer.from(bytes(50)) },
  ]);
});

test('a lost connection ends it, after what has arrived', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.data(request, 0, bytes(10), false));
      server.channel.close();
    },
    { facts },
  );
  const chunks = client.readChunks(0, 562);
  expect((await chunks.next()).value).toMatchObject({ type: 'data', offset: 0 });
  await expect(chunks.next()).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});

test('each byte is in one chunk, however the server cuts and fails', async () => {
  const piece = fc.record({ length: fc.integer({ min: 1, max: 300 }), kind: fc.nat(2), rank: fc.nat(100) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      async (pieces, fails) => {
        const size = pieces.reduce((sum, { length }) => sum + length, 0);
        const { client } = await connectToScript(
          function* (server) {
            for (let served = 0; served < size; ) {
              const request = yield* server.request();
              const parts: { at: number; length: number; kind: number; rank: number }[] = [];
              let at = 0;
              for (const { length, kind, rank } of pieces) {
                const from = Math.max(at, request.offset);
                const to = Math.min(at + length, request.offset + request.length);
                // Kind 2 does not come, which only a reply that fails may do.
                if (from < to && !(kind === 2 && fails))
                  parts.push({ at: from, length: to - from, kind, rank });
                at += length;
              }
              for (const part of parts.toSorted((a, b) => a.rank - b.rank)) {
                yield* server.send(
                  part.kind === 1
                    ? reply.hole(request, part.at, part.length, false)
                    : reply.data(request, part.at, bytes(part.length, part.at), false),
                );
              }
              yield* server.send(fails ? reply.error(request, NBD_EIO) : reply.none(request));
              served += request.length;
            }
          },
          { facts },
        );
        const seen = new Uint8Array(size);
        for (const chunk of await allOf(client.readChunks(0, size))) {
          if (chunk.type === 'error') continue;
          const { offset } = chunk;
          const length = chunk.type === 'data' ? chunk.data.length : chunk.length;
          for (let at = Number(offset); at < Number(offset) + length; at++) seen[at] = (seen[at] ?? 0) + 1;
          if (!fails) expect(chunk.type).not.toBe('unread');
        }
        expect(seen.every((times) => times === 1)).toBe(true);
        await client.close();
      },
    ),
    { numRuns: 100 },
  );
});
