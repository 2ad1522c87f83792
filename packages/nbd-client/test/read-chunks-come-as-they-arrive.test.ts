import { NBD_CMD_FLAG_DF, NBD_EIO, NBD_FLAG_SEND_DF } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const blockSize = { minimum: 512, preferred: 4096, maximum: 4096 };

test('data and holes in the order of the server, before the reply is complete', async () => {
  let taken = 0;
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, 110, bytes(10), false));
    yield* server.request();
    // The read that it has just seen was sent when the first chunk had been taken.
    expect(taken).toBe(1);
    yield* server.send(reply.hole(request, 100, 10));
  });
  const chunks = client.readChunks(100, 20);
  expect(await chunks.next()).toEqual({
    done: false,
    value: { type: 'data', offset: 110, data: Buffer.from(bytes(10)) },
  });
  taken++;
  client.read(0, 1).catch(() => {});
  expect(await allOf(chunks)).toEqual([{ type: 'hole', offset: 100, length: 10 }]);
});

test('a long range goes request by request, two at most before something is taken', async () => {
  const offsets: number[] = [];
  const { client } = await connectToScript(
    function* (server) {
      for (;;) {
        const request = yield* server.request();
        if (request.type !== 0) return;
        offsets.push(request.offset);
        yield* server.send(
          request.length === 4096
            ? reply.data(request, request.offset, bytes(4096, request.offset / 4096))
            : reply.hole(request, request.offset, request.length),
        );
      }
    },
    { facts: { size: 1n << 20n, blockSize } },
  );
  const chunks = client.readChunks(0, 5 * 4096 + 512);
  await chunks.next();
  // A request more shows that the server has seen all before it.
  await client.read(1 << 19, 512);
  expect(offsets).toEqual([0, 4096, 1 << 19]);
  const rest = await allOf(chunks);
  expect(rest.map(({ type, offset }) => [type, offset])).toEqual([
    ['data', 4096],
    ['data', 8192],
    ['data', 12288],
    ['data', 16384],
    ['hole', 20480],
  ]);
});

test('an unaligned range is widened for the server, and cut for the caller', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(
        reply.hole(request, 512, 512, false),
        reply.data(request, 1024, bytes(512), false),
        reply.none(request),
      );
      return [request.offset, request.length];
    },
    { facts: { blockSize } },
  );
  expect(await allOf(client.readChunks(1000, 100))).toEqual([
    { type: 'hole', offset: 1000, length: 24 },
    { type: 'data', offset: 1024, data: Buffer.from(bytes(512).subarray(0, 76)) },
  ]);
  expect(await ended).toEqual([512, 1024]);
});

test('offsets beyond 2^53 are bigints', async () => {
  const offset = 1n << 60n;
  const { client } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.error(request, NBD_EIO, 'no'));
    },
    { facts: { size: 1n << 61n } },
  );
  expect(await allOf(client.readChunks(offset, 10))).toEqual([
    { type: 'error', offset: null, errno: 'EIO', serverText: 'no' },
    { type: 'unread', offset, length: 10 },
  ]);
});

test('df: the flag, and requests that a server may not refuse', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const both = yield* server.requests(2);
      for (const request of both)
        yield* server.send(reply.data(request, request.offset, new Uint8Array(request.length)));
      return both.map(({ flags, length }) => [flags, length]);
    },
    { facts: { flags: NBD_FLAG_SEND_DF } },
  );
  const chunks = await allOf(client.readChunks(0, 100_000, { df: true }));
  expect(chunks.map(({ type }) => type)).toEqual(['data', 'data']);
  expect(await ended).toEqual([
    [NBD_CMD_FLAG_DF, 65536],
    [NBD_CMD_FLAG_DF, 100_000 - 65536],
  ]);
});

test.each([
  ['past the end', [2 ** 20, 1], 'NBD_OUT_OF_BOUNDS'],
  ['no length', [0, -1], 'NBD_BAD_ARGUMENT'],
  ['df that is not offered', [0, 1, { df: true }], 'NBD_NOT_OFFERED'],
] as const)('refused before anything is sent: %s', async (_name, [offset, length, options], code) => {
  const { client } = await connectToScript((server) => server.sawEnd());
  await expect(client.readChunks(offset, length, options).next()).rejects.toMatchObject({
    code,
    fault: 'caller',
  });
});
