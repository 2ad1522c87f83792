import {
  blockStatusPayloadSize,
  decodeBlockStatusPayload,
  encodeBlockStatusPayload,
  MAX_BLOCK_STATUS_PAYLOAD,
  MAX_META_CONTEXTS,
  NEED_MORE,
} from '@coaio/nbd-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thrown } from './support/decode-three-ways.js';
import { concat, u32, u64, view } from './support/wire.js';

test('there and back, in pieces and with bytes left over', () => {
  const half = fc.nat(0xffffffff);
  const ids = fc.uniqueArray(half, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(half, half, ids, (lengthHigh, lengthLow, contextIds) => {
      const size = blockStatusPayloadSize(contextIds.length);
      const bytes = new Uint8Array(3 + size + 5).fill(0xee);
      const payload = { lengthHigh, lengthLow, contextIds };
      expect(encodeBlockStatusPayload(view(bytes), 3, payload)).toBe(3 + size);
      const expected = concat(u32(lengthHigh), u32(lengthLow), ...contextIds.map(u32));
      expect(bytes.subarray(3, 3 + size)).toEqual(expected);
      for (let end = 3; end < 3 + size; end++) {
        expect(decodeBlockStatusPayload(view(bytes), 3, end, size)).toBe(NEED_MORE);
      }
      expect(decodeBlockStatusPayload(view(bytes), 3, bytes.length, size)).toEqual(payload);
    }),
  );
});

test.each<[string, number, Uint8Array, string]>([
  ['too short', 4, u32(0), 'payload of 4 bytes, 8 and a multiple of 4 needed'],
  ['half an id', 10, new Uint8Array(10), 'payload of 10 bytes, 8 and a multiple of 4 needed'],
  ['no id', 8, u64(512n), 'payload names no metadata context'],
  ['an id twice', 16, concat(u64(512n), u32(3), u32(3)), 'metadata context 0x00000003 is named twice'],
  [
    'too long, before any of it is there',
    MAX_BLOCK_STATUS_PAYLOAD + 4,
    new Uint8Array(0),
    'payload of 4108 bytes exceeds the limit of 4104',
  ],
])('refused, and the server may go on: %s', (_, length, bytes, detail) => {
  expect(thrown(() => decodeBlockStatusPayload(view(bytes), 0, bytes.length, length))).toMatchObject({
    code: 'NBD_BAD_REQUEST',
    message: `NBD_CMD_BLOCK_STATUS: ${detail}`,
  });
});

test.each([
  [[], 'names no metadata context'],
  [[1, 2, 1], 'is named twice'],
  [Array.from({ length: MAX_META_CONTEXTS + 1 }, (_, id) => id), '1025 metadata contexts exceed'],
])('what a server would refuse is not encoded', (contextIds, message) => {
  const room = view(new Uint8Array(8192));
  const payload = { lengthHigh: 0, lengthLow: 512, contextIds };
  expect(thrown(() => encodeBlockStatusPayload(room, 0, payload))).toMatchObject({
    code: 'NBD_BAD_ARGUMENT',
    message: expect.stringContaining(message),
  });
});
