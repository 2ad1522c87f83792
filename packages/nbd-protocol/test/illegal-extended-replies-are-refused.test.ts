import { decodeExtendedReply, decodeReply, MAX_EXTENTS, newExtendedReplyHeader } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { refuseThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, u32, u64 } from './support/wire.js';

const reply = newExtendedReplyHeader();
const chunk = (type: number, payload: Uint8Array = new Uint8Array(0), done = true): Uint8Array =>
  naive.encodeExtendedChunk(done, type, 1n, 0n, payload);
/** A header that claims a payload of `length` bytes, of which the first follow. */
const claim = (type: number, length: bigint, payload: Uint8Array = new Uint8Array(0)): Uint8Array =>
  concat(chunk(type).subarray(0, 24), u64(length), payload);
const STATUS = 'NBD_REPLY_TYPE_BLOCK_STATUS_EXT';

test.each<[string, Uint8Array, string, string]>([
  [
    'a simple reply',
    concat(naive.encodeSimpleReply(0, 1n), new Uint8Array(16)),
    'NBD_BAD_MAGIC',
    'reply: magic 0x67446698 is not NBD_EXTENDED_REPLY_MAGIC 0x6e8a278c',
  ],
  [
    'a structured chunk',
    concat(naive.encodeChunk(true, 0, 1n, new Uint8Array(0)), new Uint8Array(12)),
    'NBD_BAD_MAGIC',
    'reply: magic 0x668e33ef is not NBD_EXTENDED_REPLY_MAGIC 0x6e8a278c',
  ],
  [
    'a length over 32 bits',
    claim(1, 1n << 32n),
    'NBD_REPLY_TOO_LARGE',
    'reply: payload of 4294967296 bytes exceeds the limit of 4294967295',
  ],
  [
    'the longest length',
    claim(0x8001, 0xffffffffffffffffn),
    'NBD_REPLY_TOO_LARGE',
    'reply: payload of 18446744073709551615 bytes exceeds the limit of 4294967295',
  ],
  [
    'data over the limit',
    claim(1, 1009n),
    'NBD_REPLY_TOO_LARGE',
    'NBD_REPLY_TYPE_OFFSET_DATA: 1001 bytes of data exceed the limit of 1000',
  ],
  [
    'data without a byte',
    claim(1, 8n),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_DATA: payload of 8 bytes, at least 9 needed',
  ],
  [
    'narrow block status',
    claim(5, 12n),
    'NBD_BAD_REPLY',
    'reply: NBD_REPLY_TYPE_BLOCK_STATUS is not known under extended headers',
  ],
  [
    'an unknown type',
    claim(7, 0n),
    'NBD_BAD_REPLY',
    'reply: chunk type 0x0007 is not known under extended headers',
  ],
  [
    'an end that is none',
    chunk(0, undefined, false),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_NONE: chunk without NBD_REPLY_FLAG_DONE',
  ],
  [
    'block status without an extent',
    claim(6, 8n, concat(u32(1), u32(0))),
    'NBD_BAD_REPLY',
    `${STATUS}: payload of 8 bytes, 8 and a positive multiple of 16 needed`,
  ],
  [
    'half an extent',
    claim(6, 32n),
    'NBD_BAD_REPLY',
    `${STATUS}: payload of 32 bytes, 8 and a positive multiple of 16 needed`,
  ],
  [
    'a count that is not the length',
    claim(6, 24n, concat(u32(1), u32(2))),
    'NBD_BAD_REPLY',
    `${STATUS}: count of 2 descriptors, the payload holds 1`,
  ],
  [
    'a count below the length',
    claim(6, 40n, concat(u32(1), u32(1))),
    'NBD_BAD_REPLY',
    `${STATUS}: count of 1 descriptors, the payload holds 2`,
  ],
  [
    'too many extents',
    claim(6, BigInt(8 + (MAX_EXTENTS + 1) * 16)),
    'NBD_REPLY_TOO_LARGE',
    `${STATUS}: 1048577 descriptors exceed the limit of 1048576`,
  ],
])('%s', (_, bytes, code, message) => {
  const error = refuseThreeWays(bytes, (view, at, end) => decodeExtendedReply(view, at, end, reply, 1000));
  expect(error).toMatchObject({ name: 'NbdProtocolError', code, message });
});

const structured = (length: number): Uint8Array =>
  concat(naive.encodeChunk(true, 5, 1n, new Uint8Array(0)).subarray(0, 16), u32(length));

test.each([
  [4, 'NBD_BAD_REPLY', 'payload of 4 bytes, 4 and a positive multiple of 8 needed'],
  [0, 'NBD_BAD_REPLY', 'payload of 0 bytes, 4 and a positive multiple of 8 needed'],
  [16, 'NBD_BAD_REPLY', 'payload of 16 bytes, 4 and a positive multiple of 8 needed'],
  [4 + (MAX_EXTENTS + 1) * 8, 'NBD_REPLY_TOO_LARGE', '1048577 descriptors exceed the limit of 1048576'],
])('compact block status of %i bytes', (length, code, detail) => {
  const error = refuseThreeWays(structured(length), (view, at, end) => decodeReply(view, at, end, reply));
  expect(error).toMatchObject({ code, message: `NBD_REPLY_TYPE_BLOCK_STATUS: ${detail}` });
});
