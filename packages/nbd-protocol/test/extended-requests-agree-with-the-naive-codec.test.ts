import {
  decodeExtendedRequest,
  EXTENDED_REQUEST_SIZE,
  encodeExtendedRequest,
  extendedPayloadLength,
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_FLAG_FUA,
  NBD_CMD_FLAG_PAYLOAD_LEN,
  NBD_CMD_WRITE,
  newExtendedRequestHeader,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeThreeWays, refuseThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, u32, view } from './support/wire.js';

const half = fc.nat(0xffffffff);
const requests = fc.record({
  // Without NBD_CMD_FLAG_PAYLOAD_LEN every length is legal.
  flags: fc.nat(0xffff).map((flags) => flags & ~NBD_CMD_FLAG_PAYLOAD_LEN),
  type: fc.nat(0xffff),
  cookieHigh: half,
  cookieLow: half,
  offsetHigh: half,
  offsetLow: half,
  lengthHigh: half,
  length: half,
});
const whole = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
const decoded = newExtendedRequestHeader();
const decode = (bytes: DataView, at: number, end: number): number =>
  decodeExtendedRequest(bytes, at, end, decoded, 1000);

test('what one encodes the other decodes', () => {
  fc.assert(
    fc.property(requests, (header) => {
      const bytes = new Uint8Array(EXTENDED_REQUEST_SIZE);
      expect(encodeExtendedRequest(view(bytes), 0, header)).toBe(EXTENDED_REQUEST_SIZE);
      const plain = {
        flags: header.flags,
        type: header.type,
        cookie: whole(header.cookieHigh, header.cookieLow),
        offset: whole(header.offsetHigh, header.offsetLow),
        length: whole(header.lengthHigh, header.length),
      };
      expect(naive.encodeExtendedRequest(plain)).toEqual(bytes);
      expect(decodeThreeWays(bytes, EXTENDED_REQUEST_SIZE, decode, () => decoded)).toEqual(header);
      expect(extendedPayloadLength(decoded)).toBe(0);
    }),
  );
});

const request = (flags: number, type: number, length: bigint): Uint8Array =>
  naive.encodeExtendedRequest({ flags, type, cookie: 1n, offset: 0n, length });

test.each([
  [NBD_CMD_WRITE, 0n],
  [NBD_CMD_WRITE, 1000n],
  [NBD_CMD_BLOCK_STATUS, 12n],
  [0xffff, 1n],
])('command %i: the flag says that %i bytes follow', (type, length) => {
  const bytes = request(NBD_CMD_FLAG_PAYLOAD_LEN | NBD_CMD_FLAG_FUA, type, length);
  decodeThreeWays(bytes, EXTENDED_REQUEST_SIZE, decode, () => decoded);
  expect(extendedPayloadLength(decoded)).toBe(Number(length));
});

test.each([1001n, 0xffffffffn, 1n << 32n, 0xffffffffffffffffn])(
  'a payload of %i bytes is refused',
  (length) => {
    const bytes = request(NBD_CMD_FLAG_PAYLOAD_LEN, NBD_CMD_WRITE, length);
    expect(refuseThreeWays(bytes, decode)).toMatchObject({
      code: 'NBD_REQUEST_TOO_LARGE',
      message: `NBD_CMD_WRITE: payload of ${length} bytes exceeds the limit of 1000`,
    });
  },
);

test.each([0x25609513, 0x6e8a278c, 0])('magic %i is refused as soon as it is there', (magic) => {
  const error = refuseThreeWays(concat(u32(magic), new Uint8Array(28)), decode);
  expect(error).toMatchObject({
    code: 'NBD_BAD_MAGIC',
    message: expect.stringContaining('is not NBD_EXTENDED_REQUEST_MAGIC 0x21e41c71'),
  });
});
