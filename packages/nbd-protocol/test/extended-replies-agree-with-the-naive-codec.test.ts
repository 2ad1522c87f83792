import {
  decodeExtendedReply,
  EXTENDED_DATA_CHUNK_SIZE,
  EXTENDED_ERROR_CHUNK_SIZE,
  EXTENDED_ERROR_OFFSET_CHUNK_SIZE,
  EXTENDED_HOLE_CHUNK_SIZE,
  EXTENDED_NONE_CHUNK_SIZE,
  EXTENDED_STATUS_CHUNK_SIZE,
  encodeExtendedBlockStatusChunk,
  encodeExtendedDataChunk,
  encodeExtendedErrorChunk,
  encodeExtendedErrorOffsetChunk,
  encodeExtendedExtent,
  encodeExtendedHoleChunk,
  encodeExtendedNoneChunk,
  newExtendedReplyHeader,
  ReplyKind,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, text, view } from './support/wire.js';

const half = fc.nat(0xffffffff);
const answered = fc.record({ cookieHigh: half, cookieLow: half, offsetHigh: half, offsetLow: half });
const whole = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
const reply = newExtendedReplyHeader();
const decode = (bytes: DataView, at: number, end: number): number =>
  decodeExtendedReply(bytes, at, end, reply);

interface Answered {
  cookieHigh: number;
  cookieLow: number;
  offsetHigh: number;
  offsetLow: number;
}

/** Encodes with ours, compares with the naive one, decodes three ways, and compares all fields. */
function roundTrip(
  size: number,
  encode: (bytes: DataView) => number,
  expected: Uint8Array,
  request: Answered,
  fields: object,
  trailing = 0,
): void {
  const bytes = new Uint8Array(size);
  expect(encode(view(bytes))).toBe(size);
  expect(bytes).toEqual(expected.subarray(0, size));
  expect(decodeThreeWays(bytes, size - trailing, decode, () => reply)).toEqual({
    ...newExtendedReplyHeader(),
    cookieHigh: request.cookieHigh,
    cookieLow: request.cookieLow,
    requestOffsetHigh: request.offsetHigh,
    requestOffsetLow: request.offsetLow,
    ...fields,
  });
}

function identity(request: Answered): [bigint, bigint] {
  return [whole(request.cookieHigh, request.cookieLow), whole(request.offsetHigh, request.offsetLow)];
}

test('none', () => {
  fc.assert(
    fc.property(answered, (request) => {
      const expected = naive.encodeExtendedChunk(true, 0, ...identity(request), new Uint8Array(0));
      const encode = (bytes: DataView): number => encodeExtendedNoneChunk(bytes, 0, request);
      roundTrip(EXTENDED_NONE_CHUNK_SIZE, encode, expected, request, { kind: ReplyKind.NONE, done: true });
    }),
  );
});

test('data', () => {
  fc.assert(
    fc.property(
      answered,
      fc.boolean(),
      half,
      half,
      fc.integer({ min: 1, max: 3000 }),
      (request, done, high, low, length) => {
        const payload = naive.dataPayload(whole(high, low), new Uint8Array(length));
        const expected = naive.encodeExtendedChunk(done, 1, ...identity(request), payload);
        const encode = (bytes: DataView): number =>
          encodeExtendedDataChunk(bytes, 0, done, request, high, low, length);
        const fields = { kind: ReplyKind.DATA, done, offsetHigh: high, offsetLow: low, length };
        roundTrip(EXTENDED_DATA_CHUNK_SIZE, encode, expected, request, fields);
      },
    ),
  );
});

test('hole', () => {
  fc.assert(
    fc.property(
      answered,
      fc.boolean(),
      half,
      half,
      fc.integer({ min: 1, max: 0xffffffff }),
      (request, done, high, low, length) => {
        const expected = naive.encodeExtendedChunk(
          done,
          2,
          ...identity(request),
          naive.holePayload(whole(high, low), length),
        );
        const encode = (bytes: DataView): number =>
          encodeExtendedHoleChunk(bytes, 0, done, request, high, low, length);
        const fields = { kind: ReplyKind.HOLE, done, offsetHigh: high, offsetLow: low, length };
        roundTrip(EXTENDED_HOLE_CHUNK_SIZE, encode, expected, request, fields);
      },
    ),
  );
});

test('errors, without and with an offset', () => {
  const words = fc.string({ maxLength: 60 }).map((each) => each.replace(/[^ -~]/g, ''));
  const code = fc.integer({ min: 1, max: 0xffffffff });
  fc.assert(
    fc.property(
      answered,
      fc.boolean(),
      code,
      words,
      half,
      half,
      (request, done, error, message, high, low) => {
        const bytes = text(message);
        const plain = naive.encodeExtendedChunk(
          done,
          0x8001,
          ...identity(request),
          naive.errorPayload(error, bytes),
        );
        roundTrip(
          EXTENDED_ERROR_CHUNK_SIZE + bytes.length,
          (room) => encodeExtendedErrorChunk(room, 0, done, request, error, bytes),
          plain,
          request,
          { kind: ReplyKind.ERROR, done, error, message },
        );
        const located = naive.encodeExtendedChunk(
          done,
          0x8002,
          ...identity(request),
          naive.errorPayload(error, bytes, whole(high, low)),
        );
        roundTrip(
          EXTENDED_ERROR_OFFSET_CHUNK_SIZE + bytes.length,
          (room) => encodeExtendedErrorOffsetChunk(room, 0, done, request, error, bytes, high, low),
          located,
          request,
          { kind: ReplyKind.ERROR_OFFSET, done, error, message, offsetHigh: high, offsetLow: low },
        );
      },
    ),
  );
});

test('block status', () => {
  const extents = fc.array(fc.tuple(half, fc.integer({ min: 1, max: 0xffffffff }), half, half), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(answered, fc.boolean(), half, extents, (request, done, contextId, list) => {
      const plain = list.map(
        ([high, low, statusHigh, statusLow]) => [whole(high, low), whole(statusHigh, statusLow)] as const,
      );
      const payload = naive.extendedStatusPayload(contextId, plain);
      const expected = naive.encodeExtendedChunk(done, 6, ...identity(request), payload);
      const length = list.length * 16;
      roundTrip(
        EXTENDED_STATUS_CHUNK_SIZE + length,
        (room) =>
          list.reduce(
            (at, extent) => encodeExtendedExtent(room, at, ...extent),
            encodeExtendedBlockStatusChunk(room, 0, done, request, contextId, list.length),
          ),
        expected,
        request,
        { kind: ReplyKind.BLOCK_STATUS, done, contextId, length },
        length,
      );
    }),
  );
});

test('an unknown error type fails its request and no more', () => {
  const bytes = naive.encodeExtendedChunk(
    true,
    0x8fff,
    1n,
    2n,
    concat(naive.errorPayload(5, text('odd')), text('+')),
  );
  expect(decodeThreeWays(bytes, bytes.length, decode, () => reply)).toMatchObject({
    kind: ReplyKind.ERROR,
    error: 5,
    message: 'odd',
  });
});
