import { decodeReply, errnoName, newReplyHeader, type ReplyHeader, ReplyKind } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { decodeThreeWays } from './support/decode-three-ways.js';
import * as naive from './support/naive-codec.mjs';
import { concat, text, u16, u32, u64 } from './support/wire.js';

function decoded(type: number, payload: Uint8Array): ReplyHeader {
  const reply = newReplyHeader();
  const bytes = naive.encodeChunk(false, type, 9n, payload);
  const decode = (view: DataView, at: number, end: number): number => decodeReply(view, at, end, reply);
  return decodeThreeWays(bytes, bytes.length, decode, () => reply);
}

test.each([
  ['no payload at all', new Uint8Array(0), 22, ''],
  ['less than the common prefix', u32(5), 22, ''],
  ['error value 0', concat(u32(0), u16(0)), 22, ''],
  ['the common prefix and a message', naive.errorPayload(28, text('full')), 28, 'full'],
  ['fields of the future after it', concat(u32(5), u16(4), text('oops'), u64(1n), u64(2n)), 5, 'oops'],
])('%s', (_, payload, error, message) => {
  expect(decoded(0x8003, payload)).toEqual({
    ...newReplyHeader(),
    kind: ReplyKind.ERROR,
    cookieLow: 9,
    error,
    message,
  });
});

test('a known error chunk may carry further fields too', () => {
  const payload = concat(u32(5), u16(2), text('no'), u64(0x100000002n), u32(0));
  expect(decoded(0x8002, payload)).toMatchObject({
    kind: ReplyKind.ERROR_OFFSET,
    message: 'no',
    offsetHigh: 1,
    offsetLow: 2,
  });
  expect(decoded(0x8001, payload)).toMatchObject({ kind: ReplyKind.ERROR, message: 'no', offsetLow: 0 });
});

test('an undefined error value is kept as sent and named EINVAL', () => {
  const reply = decoded(0x8001, naive.errorPayload(4711, text('\u001b]0;title\u0007')));
  expect(reply).toMatchObject({ error: 4711, message: '\ufffd]0;title\ufffd' });
  expect(errnoName(reply.error)).toBe('EINVAL');
});

test('unknown chunk flags are ignored', () => {
  const bytes = naive.encodeChunk(true, 0, 9n, new Uint8Array(0));
  bytes.set([0xff, 0xff], 4);
  const reply = newReplyHeader();
  expect(decodeReply(new DataView(bytes.buffer), 0, 20, reply)).toBe(20);
  expect(reply).toMatchObject({ kind: ReplyKind.NONE, done: true });
});
