import { NBD_SIMPLE_REPLY_MAGIC, NBD_STRUCTURED_REPLY_MAGIC } from '../constants/magic.js';
import {
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_ERROR_BIT,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
} from '../constants/reply-types.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex16, hex32 } from '../errors/wire-literal.js';
import { NEED_MORE } from '../need-more.js';
import { decodeErrorChunk } from './decode-error-chunk.js';
import { type ReplyHeader, ReplyKind } from './reply-header.js';
import {
  CHUNK_HEADER_SIZE,
  DATA_CHUNK_SIZE,
  HOLE_CHUNK_SIZE,
  MAX_CHUNK_DATA,
  SIMPLE_REPLY_SIZE,
} from './reply-sizes.js';

/**
 * Reads one message of the server out of `[at, end)` into `reply`, with its control payload. Returns the
 * position after what it consumed, or NEED_MORE; a window of MAX_REPLY_CONTROL bytes is always enough.
 *
 * Data is never consumed: after DATA, `reply.length` bytes follow for the caller's buffer. After SIMPLE the
 * payload, if any, belongs to the request: `length` bytes of a successful NBD_CMD_READ. With structured replies
 * negotiated a simple reply stays legal for all but NBD_CMD_READ, and without them every chunk is illegal; only
 * the caller knows, so it checks both.
 *
 * @param maxData most data bytes to accept in one chunk
 * @throws NbdProtocolError NBD_BAD_MAGIC, NBD_BAD_REPLY, NBD_REPLY_TOO_LARGE. The stream cannot be read on.
 */
export function decodeReply(
  view: DataView,
  at: number,
  end: number,
  reply: ReplyHeader,
  maxData: number = MAX_CHUNK_DATA,
): number {
  if (end - at < SIMPLE_REPLY_SIZE) {
    if (end - at >= 4) checkMagic(view.getUint32(at));
    return NEED_MORE;
  }
  const magic = view.getUint32(at);
  if (magic === NBD_SIMPLE_REPLY_MAGIC) return decodeSimpleReply(view, at, reply);
  checkMagic(magic);
  return decodeChunk(view, at, end, reply, maxData);
}

function checkMagic(magic: number): void {
  if (magic === NBD_SIMPLE_REPLY_MAGIC || magic === NBD_STRUCTURED_REPLY_MAGIC) return;
  throw new NbdProtocolError(
    'NBD_BAD_MAGIC',
    'reply',
    `magic ${hex32(magic)} is neither NBD_SIMPLE_REPLY_MAGIC ${hex32(NBD_SIMPLE_REPLY_MAGIC)} ` +
      `nor NBD_STRUCTURED_REPLY_MAGIC ${hex32(NBD_STRUCTURED_REPLY_MAGIC)}`,
  );
}

function decodeSimpleReply(view: DataView, at: number, reply: ReplyHeader): number {
  reply.kind = ReplyKind.SIMPLE;
  reply.done = true;
  reply.error = view.getUint32(at + 4);
  reply.cookieHigh = view.getUint32(at + 8);
  reply.cookieLow = view.getUint32(at + 12);
  reply.offsetHigh = 0;
  reply.offsetLow = 0;
  reply.length = 0;
  reply.message = '';
  return at + SIMPLE_REPLY_SIZE;
}

function decodeChunk(view: DataView, at: number, end: number, reply: ReplyHeader, maxData: number): number {
  if (end - at < CHUNK_HEADER_SIZE) return NEED_MORE;
  // proto.md, structured reply flags: clients MUST ignore flags that they do not know.
  const done = (view.getUint16(at + 4) & NBD_REPLY_FLAG_DONE) !== 0;
  const type = view.getUint16(at + 6);
  let next: number;
  if (type === NBD_REPLY_TYPE_OFFSET_DATA) next = decodeDataChunk(view, at, end, reply, maxData);
  else if (type === NBD_REPLY_TYPE_NONE) next = decodeNoneChunk(view, at, done, reply);
  else if (type === NBD_REPLY_TYPE_OFFSET_HOLE) next = decodeHoleChunk(view, at, end, reply);
  else if ((type & NBD_REPLY_TYPE_ERROR_BIT) !== 0) next = decodeErrorChunk(view, at, end, type, reply);
  else throw new NbdProtocolError('NBD_BAD_REPLY', 'reply', `chunk type ${hex16(type)} is not known`);
  if (next === NEED_MORE) return NEED_MORE;
  reply.done = done;
  reply.cookieHigh = view.getUint32(at + 8);
  reply.cookieLow = view.getUint32(at + 12);
  return next;
}

// Each reads the length itself: a number over 2^31 handed to a function that is not inlined would be boxed.

function decodeDataChunk(
  view: DataView,
  at: number,
  end: number,
  reply: ReplyHeader,
  maxData: number,
): number {
  const length = view.getUint32(at + 16);
  if (length < 9) throw badLength('NBD_REPLY_TYPE_OFFSET_DATA', length, 'at least 9');
  const data = length - 8;
  if (data > maxData) {
    const detail = `${data} bytes of data exceed the limit of ${maxData}`;
    throw new NbdProtocolError('NBD_REPLY_TOO_LARGE', 'NBD_REPLY_TYPE_OFFSET_DATA', detail);
  }
  if (end - at < DATA_CHUNK_SIZE) return NEED_MORE;
  reply.kind = ReplyKind.DATA;
  reply.error = 0;
  reply.offsetHigh = view.getUint32(at + 20);
  reply.offsetLow = view.getUint32(at + 24);
  reply.length = data;
  reply.message = '';
  return at + DATA_CHUNK_SIZE;
}

function decodeHoleChunk(view: DataView, at: number, end: number, reply: ReplyHeader): number {
  const length = view.getUint32(at + 16);
  if (length !== 12) throw badLength('NBD_REPLY_TYPE_OFFSET_HOLE', length, '12');
  if (end - at < HOLE_CHUNK_SIZE) return NEED_MORE;
  const hole = view.getUint32(at + 28);
  if (hole === 0) {
    throw new NbdProtocolError(
      'NBD_BAD_REPLY',
      'NBD_REPLY_TYPE_OFFSET_HOLE',
      'hole of 0 bytes, at least 1 needed',
    );
  }
  reply.kind = ReplyKind.HOLE;
  reply.error = 0;
  reply.offsetHigh = view.getUint32(at + 20);
  reply.offsetLow = view.getUint32(at + 24);
  reply.length = hole;
  reply.message = '';
  return at + HOLE_CHUNK_SIZE;
}

function decodeNoneChunk(view: DataView, at: number, done: boolean, reply: ReplyHeader): number {
  const length = view.getUint32(at + 16);
  if (length !== 0) throw badLength('NBD_REPLY_TYPE_NONE', length, '0');
  if (!done) {
    throw new NbdProtocolError('NBD_BAD_REPLY', 'NBD_REPLY_TYPE_NONE', 'chunk without NBD_REPLY_FLAG_DONE');
  }
  reply.kind = ReplyKind.NONE;
  reply.error = 0;
  reply.offsetHigh = 0;
  reply.offsetLow = 0;
  reply.length = 0;
  reply.message = '';
  return at + CHUNK_HEADER_SIZE;
}

function badLength(operation: string, length: number, expected: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', operation, `payload of ${length} bytes, ${expected} needed`);
}
