import {
  decodeReply,
  MAX_CONTROL_PAYLOAD,
  MAX_REPLY_CONTROL,
  NEED_MORE,
  newReplyHeader,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { refuseThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, text, u16, u32 } from './support/wire.js';

const NONE = new Uint8Array(0);
const HELLO = text('hello');
const chunk = (type: number, payload: Uint8Array, done = true): Uint8Array =>
  naive.encodeChunk(done, type, 7n, payload);
/** A chunk that claims a length and stops. */
const claim = (type: number, length: number): Uint8Array =>
  concat(chunk(type, NONE).subarray(0, 16), u32(length));

test.each<[string, Uint8Array, string, string]>([
  [
    'a request magic',
    concat(u32(0x25609513), new Uint8Array(30)),
    'NBD_BAD_MAGIC',
    'reply: magic 0x25609513 is neither NBD_SIMPLE_REPLY_MAGIC 0x67446698 nor NBD_STRUCTURED_REPLY_MAGIC 0x668e33ef',
  ],
  [
    'an extended reply',
    concat(u32(0x6e8a278c), new Uint8Array(30)),
    'NBD_BAD_MAGIC',
    'reply: magic 0x6e8a278c is neither NBD_SIMPLE_REPLY_MAGIC 0x67446698 nor NBD_STRUCTURED_REPLY_MAGIC 0x668e33ef',
  ],
  [
    'none with payload',
    chunk(0, u32(0)),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_NONE: payload of 4 bytes, 0 needed',
  ],
  [
    'none that is not the last',
    chunk(0, NONE, false),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_NONE: chunk without NBD_REPLY_FLAG_DONE',
  ],
  [
    'data of 0 bytes',
    chunk(1, naive.dataPayload(0n, NONE)),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_DATA: payload of 8 bytes, at least 9 needed',
  ],
  [
    'data without offset',
    claim(1, 0),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_DATA: payload of 0 bytes, at least 9 needed',
  ],
  [
    'data over the limit',
    claim(1, 1000 + 9),
    'NBD_REPLY_TOO_LARGE',
    'NBD_REPLY_TYPE_OFFSET_DATA: 1001 bytes of data exceed the limit of 1000',
  ],
  [
    'hole too short',
    claim(2, 11),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_HOLE: payload of 11 bytes, 12 needed',
  ],
  [
    'hole too long',
    claim(2, 13),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_HOLE: payload of 13 bytes, 12 needed',
  ],
  [
    'hole of 0 bytes',
    chunk(2, naive.holePayload(0n, 0)),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_OFFSET_HOLE: hole of 0 bytes, at least 1 needed',
  ],
  ['unknown type', claim(3, 0), 'NBD_BAD_REPLY', 'reply: chunk type 0x0003 is not known'],
  ['unknown type 4', claim(4, 0), 'NBD_BAD_REPLY', 'reply: chunk type 0x0004 is not known'],
  [
    'wide block status without extended headers',
    claim(6, 24),
    'NBD_BAD_REPLY',
    'reply: NBD_REPLY_TYPE_BLOCK_STATUS_EXT is not known',
  ],
  [
    'error too short',
    claim(0x8001, 5),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR: payload of 5 bytes, at least 6 needed',
  ],
  [
    'error with offset too short',
    claim(0x8002, 13),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR_OFFSET: payload of 13 bytes, at least 14 needed',
  ],
  [
    'error that says success',
    chunk(0x8001, naive.errorPayload(0, HELLO)),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR: error value 0, which means success',
  ],
  [
    'message beyond the payload',
    chunk(0x8001, concat(u32(5), u16(6), HELLO)),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR: message of 6 bytes, payload has room for 5',
  ],
  [
    'message into the offset',
    chunk(0x8002, concat(u32(5), u16(6), HELLO, u32(0), u32(0))),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR_OFFSET: message of 6 bytes, payload has room for 5',
  ],
  [
    'message over 4096',
    chunk(0x8001, naive.errorPayload(5, new Uint8Array(4097).fill(65))),
    'NBD_BAD_REPLY',
    'NBD_REPLY_TYPE_ERROR: message of 4097 bytes exceeds the limit of 4096',
  ],
  [
    'error of 4 GiB',
    claim(0x8001, 0xffffffff),
    'NBD_REPLY_TOO_LARGE',
    'NBD_REPLY_TYPE_ERROR: payload of 4294967295 bytes exceeds the limit of 4160',
  ],
  [
    'unknown error of 4 GiB',
    claim(0xffff, 0xffffffff),
    'NBD_REPLY_TOO_LARGE',
    'error chunk 0xffff: payload of 4294967295 bytes exceeds the limit of 4160',
  ],
  [
    'unknown error, message beyond the payload',
    chunk(0x9000, concat(u32(5), u16(6), HELLO)),
    'NBD_BAD_REPLY',
    'error chunk 0x9000: message of 6 bytes, payload has room for 5',
  ],
])('%s', (_, bytes, code, message) => {
  const reply = newReplyHeader();
  const error = refuseThreeWays(bytes, (view, at, end) => decodeReply(view, at, end, reply, 1000));
  expect(error).toMatchObject({ name: 'NbdProtocolError', code, message });
});

test('a window of MAX_REPLY_CONTROL bytes is always enough', () => {
  const reply = newReplyHeader();
  const window = new DataView(new ArrayBuffer(MAX_REPLY_CONTROL));
  const longest = concat(u32(5), u16(4096), new Uint8Array(4096 + 58).fill(65));
  new Uint8Array(window.buffer).set(chunk(0x8001, longest));
  expect(decodeReply(window, 0, MAX_REPLY_CONTROL, reply)).toBe(20 + longest.length);
  expect(longest.length).toBe(MAX_CONTROL_PAYLOAD);
  expect(reply.message).toHaveLength(4096);
});

test('a bad magic is refused at its fourth byte', () => {
  const window = new DataView(u32(0x48545450).buffer);
  expect(decodeReply(window, 0, 3, newReplyHeader())).toBe(NEED_MORE);
  expect(() => decodeReply(window, 0, 4, newReplyHeader())).toThrow('magic 0x48545450');
});
