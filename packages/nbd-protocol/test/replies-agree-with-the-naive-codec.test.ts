import {
  CHUNK_HEADER_SIZE,
  DATA_CHUNK_SIZE,
  decodeReply,
  ERROR_CHUNK_SIZE,
  ERROR_OFFSET_CHUNK_SIZE,
  encodeDataChunk,
  encodeErrorChunk,
  encodeErrorOffsetChunk,
  encodeHoleChunk,
  encodeNoneChunk,
  encodeSimpleReply,
  HOLE_CHUNK_SIZE,
  newReplyHeader,
  type ReplyHeader,
  ReplyKind,
  SIMPLE_REPLY_SIZE,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { text } from './support/wire.js';

const half = fc.nat(0xffffffff);
const whole = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
const cookies = fc.record({ cookieHigh: half, cookieLow: half });
const offsets = fc.record({ offsetHigh: half, offsetLow: half });
const words = fc.string({ unit: 'grapheme-ascii', maxLength: 100 });

function encoded(size: number, encode: (view: DataView, at: number) => number): Uint8Array {
  const bytes = new Uint8Array(size + 7);
  expect(encode(new DataView(bytes.buffer, 2), 5)).toBe(size + 5);
  return bytes.subarray(7);
}

const reply = newReplyHeader();
/** Filled in before each decode: nothing of an earlier reply may shine through. */
const STALE = { error: 99, offsetHigh: 98, offsetLow: 97, length: 96, message: 'stale' };

function decoded(bytes: Uint8Array, consumed: number): ReplyHeader {
  const decode = (view: DataView, at: number, end: number): number => {
    Object.assign(reply, STALE);
    return decodeReply(view, at, end, reply);
  };
  return decodeThreeWays(bytes, consumed, decode, () => reply);
}

test('simple replies', () => {
  fc.assert(
    fc.property(half, cookies, (error, { cookieHigh, cookieLow }) => {
      const bytes = encoded(SIMPLE_REPLY_SIZE, (view, at) =>
        encodeSimpleReply(view, at, error, cookieHigh, cookieLow),
      );
      expect(naive.encodeSimpleReply(error, whole(cookieHigh, cookieLow))).toEqual(bytes);
      expect(decoded(bytes, SIMPLE_REPLY_SIZE)).toEqual({
        ...newReplyHeader(),
        kind: ReplyKind.SIMPLE,
        cookieHigh,
        cookieLow,
        error,
        done: true,
      });
    }),
  );
});

test('data chunks leave their data to the caller', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      cookies,
      offsets,
      fc.uint8Array({ minLength: 1, maxLength: 50 }),
      (done, c, o, data) => {
        const payload = naive.dataPayload(whole(o.offsetHigh, o.offsetLow), data);
        const bytes = naive.encodeChunk(done, 1, whole(c.cookieHigh, c.cookieLow), payload);
        const header = encoded(DATA_CHUNK_SIZE, (view, at) =>
          encodeDataChunk(view, at, done, c.cookieHigh, c.cookieLow, o.offsetHigh, o.offsetLow, data.length),
        );
        expect(header).toEqual(bytes.subarray(0, DATA_CHUNK_SIZE));
        expect(decoded(bytes, DATA_CHUNK_SIZE)).toEqual({
          ...newReplyHeader(),
          kind: ReplyKind.DATA,
          ...c,
          ...o,
          done,
          length: data.length,
        });
      },
    ),
  );
});

test('hole chunks', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      cookies,
      offsets,
      fc.integer({ min: 1, max: 0xffffffff }),
      (done, c, o, length) => {
        const payload = naive.holePayload(whole(o.offsetHigh, o.offsetLow), length);
        const bytes = encoded(HOLE_CHUNK_SIZE, (view, at) =>
          encodeHoleChunk(view, at, done, c.cookieHigh, c.cookieLow, o.offsetHigh, o.offsetLow, length),
        );
        expect(naive.encodeChunk(done, 2, whole(c.cookieHigh, c.cookieLow), payload)).toEqual(bytes);
        expect(decoded(bytes, HOLE_CHUNK_SIZE)).toEqual({
          ...newReplyHeader(),
          kind: ReplyKind.HOLE,
          ...c,
          ...o,
          done,
          length,
        });
      },
    ),
  );
});

test('none chunks', () => {
  fc.assert(
    fc.property(cookies, (c) => {
      const bytes = encoded(CHUNK_HEADER_SIZE, (view, at) =>
        encodeNoneChunk(view, at, c.cookieHigh, c.cookieLow),
      );
      expect(naive.encodeChunk(true, 0, whole(c.cookieHigh, c.cookieLow), new Uint8Array(0))).toEqual(bytes);
      expect(decoded(bytes, CHUNK_HEADER_SIZE)).toEqual({
        ...newReplyHeader(),
        kind: ReplyKind.NONE,
        ...c,
        done: true,
      });
    }),
  );
});

test('error chunks', () => {
  const errors = fc.integer({ min: 1, max: 0xffffffff });
  fc.assert(
    fc.property(fc.boolean(), cookies, errors, words, (done, c, error, message) => {
      const said = text(message);
      const bytes = encoded(ERROR_CHUNK_SIZE + said.length, (view, at) =>
        encodeErrorChunk(view, at, done, c.cookieHigh, c.cookieLow, error, said),
      );
      expect(
        naive.encodeChunk(done, 0x8001, whole(c.cookieHigh, c.cookieLow), naive.errorPayload(error, said)),
      ).toEqual(bytes);
      expect(decoded(bytes, bytes.length)).toEqual({
        ...newReplyHeader(),
        kind: ReplyKind.ERROR,
        ...c,
        done,
        error,
        message,
      });
    }),
  );
});

test('error chunks with an offset', () => {
  const errors = fc.integer({ min: 1, max: 0xffffffff });
  fc.assert(
    fc.property(fc.boolean(), cookies, offsets, errors, words, (done, c, o, error, message) => {
      const said = text(message);
      const bytes = encoded(ERROR_OFFSET_CHUNK_SIZE + said.length, (view, at) =>
        encodeErrorOffsetChunk(
          view,
          at,
          done,
          c.cookieHigh,
          c.cookieLow,
          error,
          said,
          o.offsetHigh,
          o.offsetLow,
        ),
      );
      const payload = naive.errorPayload(error, said, whole(o.offsetHigh, o.offsetLow));
      expect(naive.encodeChunk(done, 0x8002, whole(c.cookieHigh, c.cookieLow), payload)).toEqual(bytes);
      expect(decoded(bytes, bytes.length)).toEqual({
        ...newReplyHeader(),
        kind: ReplyKind.ERROR_OFFSET,
        ...c,
        ...o,
        done,
        error,
        message,
      });
    }),
  );
});
