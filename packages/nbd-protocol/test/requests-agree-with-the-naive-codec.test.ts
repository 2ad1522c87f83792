import { decodeRequest, encodeRequest, newRequestHeader, REQUEST_SIZE } from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeThreeWays, refuseThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, u32 } from './support/wire.js';

const u16 = fc.nat(0xffff);
const half = fc.nat(0xffffffff);
const requests = fc.record({
  flags: u16,
  type: u16,
  cookieHigh: half,
  cookieLow: half,
  offsetHigh: half,
  offsetLow: half,
  length: half,
});
const whole = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);

test('what one encodes the other decodes', () => {
  const decoded = newRequestHeader();
  fc.assert(
    fc.property(requests, (header) => {
      const bytes = new Uint8Array(REQUEST_SIZE + 3);
      expect(encodeRequest(new DataView(bytes.buffer), 3, header)).toBe(REQUEST_SIZE + 3);
      const wire = bytes.subarray(3);
      const { flags, type, length } = header;
      const plain = {
        flags,
        type,
        cookie: whole(header.cookieHigh, header.cookieLow),
        offset: whole(header.offsetHigh, header.offsetLow),
        length,
      };
      expect(naive.encodeRequest(plain)).toEqual(wire);
      expect(naive.decodeRequest(wire)).toEqual(plain);
      const decode = (view: DataView, at: number, end: number): number =>
        decodeRequest(view, at, end, decoded);
      expect(decodeThreeWays(wire, REQUEST_SIZE, decode, () => decoded)).toEqual(header);
    }),
  );
});

test.each([0x12560953, 0x25609514, 0x67446698, 0])('magic %i is refused as soon as it is there', (magic) => {
  const header = newRequestHeader();
  const bytes = concat(u32(magic), new Uint8Array(24));
  const error = refuseThreeWays(bytes, (view, at, end) => decodeRequest(view, at, end, header));
  const hex = `0x${magic.toString(16).padStart(8, '0')}`;
  expect(error).toMatchObject({
    code: 'NBD_BAD_MAGIC',
    message: `request: magic ${hex} is not NBD_REQUEST_MAGIC 0x25609513`,
  });
});
