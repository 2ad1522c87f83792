import {
  decodeExtendedExtents,
  decodeExtents,
  decodeReply,
  EXTENT_SIZE,
  encodeBlockStatusChunk,
  encodeExtendedExtent,
  encodeExtent,
  NEED_MORE,
  newReplyHeader,
  ReplyKind,
  STATUS_CHUNK_SIZE,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeThreeWays, thrown } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { view } from './support/wire.js';

type Extent = readonly [number, number, number, number];
type Decode = typeof decodeExtents;

/** Feeds pieces of `split` bytes as a stream would come, keeping what a call leaves over. */
function readInPieces(bytes: Uint8Array, split: number, decode: Decode): Extent[] {
  const extents: Extent[] = [];
  const sink = { addExtent: (...extent: Extent) => void extents.push(extent) };
  let at = 0;
  for (let end = 0; end < bytes.length; ) {
    end = Math.min(end + split, bytes.length);
    const next = decode(view(bytes), at, end, sink);
    if (next !== NEED_MORE) at = next;
  }
  expect(at).toBe(bytes.length);
  return extents;
}

const half = fc.nat(0xffffffff);
const positive = fc.integer({ min: 1, max: 0xffffffff });
const split = fc.integer({ min: 1, max: 50 });

test('compact chunks: header, context and every extent', () => {
  const reply = newReplyHeader();
  const narrow = fc.array(fc.tuple(positive, half), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.boolean(),
      half,
      half,
      half,
      narrow,
      split,
      (done, cookieHigh, cookieLow, contextId, list, size) => {
        const payload = naive.statusPayload(contextId, list);
        const expected = naive.encodeChunk(done, 5, (BigInt(cookieHigh) << 32n) | BigInt(cookieLow), payload);
        const bytes = new Uint8Array(STATUS_CHUNK_SIZE + list.length * EXTENT_SIZE);
        let at = encodeBlockStatusChunk(view(bytes), 0, done, cookieHigh, cookieLow, contextId, list.length);
        for (const [length, status] of list) at = encodeExtent(view(bytes), at, length, status);
        expect(bytes).toEqual(expected);
        const decode = (window: DataView, from: number, end: number): number =>
          decodeReply(window, from, end, reply);
        expect(decodeThreeWays(bytes, STATUS_CHUNK_SIZE, decode, () => reply)).toEqual({
          ...newReplyHeader(),
          kind: ReplyKind.BLOCK_STATUS,
          cookieHigh,
          cookieLow,
          done,
          contextId,
          length: list.length * EXTENT_SIZE,
        });
        const extents = readInPieces(bytes.subarray(STATUS_CHUNK_SIZE), size, decodeExtents);
        expect(extents).toEqual(list.map(([length, status]) => [0, length, 0, status]));
      },
    ),
  );
});

test('wide extents', () => {
  const wide = fc.array(fc.tuple(half, positive, half, half), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(wide, split, (list, size) => {
      const bytes = new Uint8Array(list.length * 16);
      let at = 0;
      for (const extent of list) at = encodeExtendedExtent(view(bytes), at, ...extent);
      expect(readInPieces(bytes, size, decodeExtendedExtents)).toEqual(list);
    }),
  );
});

test.each<[string, Decode, number]>([
  ['compact', decodeExtents, 8],
  ['wide', decodeExtendedExtents, 16],
])('an extent of 0 bytes: %s', (_, decode, size) => {
  const bytes = new Uint8Array(size * 2);
  bytes[size / 2 - 1] = 1;
  const seen: number[] = [];
  const sink = { addExtent: (_high: number, low: number) => void seen.push(low) };
  expect(thrown(() => decode(view(bytes), 0, bytes.length, sink))).toMatchObject({
    code: 'NBD_BAD_REPLY',
    message: expect.stringContaining('extent of 0 bytes, at least 1 needed'),
  });
  expect(seen).toEqual([1]);
});

test.each([
  () => encodeExtent(view(new Uint8Array(8)), 0, 0, 0),
  () => encodeExtendedExtent(view(new Uint8Array(16)), 0, 0, 0, 0, 1),
  () => encodeBlockStatusChunk(view(new Uint8Array(24)), 0, true, 0, 0, 0, 0),
  () => encodeBlockStatusChunk(view(new Uint8Array(24)), 0, true, 0, 0, 0, 2 ** 20 + 1),
])('what a client would refuse is not encoded', (encode) => {
  expect(thrown(encode)).toMatchObject({ code: 'NBD_BAD_ARGUMENT', fault: 'caller' });
});
