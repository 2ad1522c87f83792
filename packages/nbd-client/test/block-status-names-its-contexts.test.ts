import {
  decodeBlockStatusPayload,
  EXTENDED_EXTENT_SIZE,
  EXTENDED_STATUS_CHUNK_SIZE,
  encodeExtendedBlockStatusChunk,
  encodeExtendedExtent,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_FLAG_REQ_ONE,
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { connectToScript, type ReceivedRequest, statusChunk } from './support/scripted-server.js';

const CONTEXTS = ['base:allocation', 'qemu:dirty-bitmap:a', 'qemu:allocation-depth'];
const offers = { metaContexts: CONTEXTS, extendedHeaders: true };

/** Lengths beyond 32 bits. */
function extendedStatus(
  to: ReceivedRequest,
  contextId: number,
  extents: readonly (readonly [length: number, status: number])[],
  done: boolean,
): Uint8Array {
  const bytes = new Uint8Array(EXTENDED_STATUS_CHUNK_SIZE + extents.length * EXTENDED_EXTENT_SIZE);
  const view = new DataView(bytes.buffer);
  encodeExtendedBlockStatusChunk(view, 0, done, to, contextId, extents.length);
  for (const [index, [length, status]] of extents.entries()) {
    const at = EXTENDED_STATUS_CHUNK_SIZE + index * EXTENDED_EXTENT_SIZE;
    encodeExtendedExtent(view, at, Math.floor(length / 2 ** 32), length >>> 0, 0, status);
  }
  return bytes;
}

test('a server that takes a payload is asked for those alone', async () => {
  const size = 2n ** 40n;
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      const view = new DataView(request.payload.buffer);
      const payload = decodeBlockStatusPayload(view, 0, request.length, request.length);
      if (payload === NEED_MORE) throw new Error('unreachable: it is all there');
      yield* server.send(
        extendedStatus(request, 2, [[2 ** 35, 1]], false),
        extendedStatus(request, 1, [[2 ** 40, 0]], true),
      );
      return { ...payload, flags: request.flags, offset: request.offset };
    },
    { facts: { size, flags: NBD_FLAG_BLOCK_STATUS_PAYLOAD }, offers, client: { metaContexts: CONTEXTS } },
  );
  const contexts = ['qemu:allocation-depth', 'qemu:dirty-bitmap:a'];
  const status = await client.blockStatus(512, 2 ** 40 - 512, { contexts });
  expect(status).toEqual(
    new Map([
      ['qemu:allocation-depth', [{ length: 2 ** 35, status: 1 }]],
      ['qemu:dirty-bitmap:a', [{ length: 2 ** 40, status: 0 }]],
    ]),
  );
  expect(await ended).toEqual({
    lengthHigh: 2 ** 8 - 1,
    lengthLow: 2 ** 32 - 512,
    contextIds: [2, 1],
    flags: NBD_CMD_FLAG_PAYLOAD_LEN,
    offset: 512,
  });
});

test('one that does not reports on all, and the others are left out', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(
        statusChunk(request, 0, [[512, 3]], false),
        statusChunk(request, 1, [[512, 1]], false),
        statusChunk(request, 2, [[512, 2]], true),
      );
      return request.flags;
    },
    { offers: { metaContexts: CONTEXTS }, client: { metaContexts: CONTEXTS } },
  );
  const status = await client.blockStatus(0, 512, { contexts: ['qemu:dirty-bitmap:a'] });
  expect(status).toEqual(new Map([['qemu:dirty-bitmap:a', [{ length: 512, status: 1 }]]]));
  expect(await ended).toBe(0);
});

test('one extent is enough, from an offset within a block: it is asked from the block on, and told from the offset on', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(statusChunk(request, 0, [[1024, 3]], true));
      return [request.flags, request.offset, request.length];
    },
    {
      facts: { blockSize: { minimum: 512, preferred: 512, maximum: 4096 } },
      offers: { metaContexts: ['base:allocation'] },
    },
  );
  const status = await client.blockStatus(700, 400, { one: true });
  expect(status).toEqual(new Map([['base:allocation', [{ length: 1024 - 188, status: 3 }]]]));
  expect(await ended).toEqual([NBD_CMD_FLAG_REQ_ONE, 512, 1024]);
});
