import { NBD_SIMPLE_REPLY_MAGIC, NBD_STRUCTURED_REPLY_MAGIC } from '../constants/magic.js';
import {
  chunkTypeName,
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_BLOCK_STATUS,
  NBD_REPLY_TYPE_ERROR_BIT,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
} from '../constants/reply-types.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { hex32 } from '../errors/wire-literal.js';
import { NEED_MORE } from '../need-more.js';
import { decodeDataChunk, decodeHoleChunk, decodeNoneChunk } from './decode-content-chunk.js';
import { decodeErrorChunk } from './decode-error-chunk.js';
import { decodeStatusChunk } from './decode-status-chunk.js';
import { type ReplyHeader, ReplyKind } from './reply-header.js';
import { CHUNK_HEADER_SIZE, MAX_CHUNK_DATA, SIMPLE_REPLY_SIZE } from './reply-sizes.js';

/**
 * Reads one message of the server out of `[at, end)` into `reply`, with its control payload. Returns the
 * position after what it consumed, or NEED_MORE; a window of MAX_REPLY_CONTROL bytes is always enough.
 *
 * Data is never consumed: after DATA, `reply.length` bytes follow for the caller's buffer; after BLOCK_STATUS,
 * `reply.length` bytes of descriptors for `decodeExtents`. After SIMPLE the
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
  reply.contextId = 0;
  reply.message = '';
  return at + SIMPLE_REPLY_SIZE;
}

function decodeChunk(view: DataView, at: number, end: number, reply: ReplyHeader, maxData: number): number {
  if (end - at < CHUNK_HEADER_SIZE) return NEED_MORE;
  // proto.md, structured reply flags: clients MUST ignore flags that they do not know.
  const done = (view.getUint16(at + 4) & NBD_REPLY_FLAG_DONE) !== 0;
  const type = view.getUint16(at + 6);
  // Data first, and the rest apart: the compiler then has room to inline what a read consists of.
  const next =
    type === NBD_REPLY_TYPE_OFFSET_DATA
      ? decodeDataChunk(view, at + 16, end, reply, maxData)
      : decodeOtherChunk(view, at + 16, end, type, done, reply);
  if (next === NEED_MORE) return NEED_MORE;
  reply.done = done;
  reply.cookieHigh = view.getUint32(at + 8);
  reply.cookieLow = view.getUint32(at + 12);
  return next;
}

function decodeOtherChunk(
  view: DataView,
  lengthAt: number,
  end: number,
  type: number,
  done: boolean,
  reply: ReplyHeader,
): number {
  if (type === NBD_REPLY_TYPE_NONE) return decodeNoneChunk(view, lengthAt, done, reply);
  if (type === NBD_REPLY_TYPE_OFFSET_HOLE) return decodeHoleChunk(view, lengthAt, end, reply);
  if (type === NBD_REPLY_TYPE_BLOCK_STATUS) return decodeStatusChunk(view, lengthAt, end, reply);
  if ((type & NBD_REPLY_TYPE_ERROR_BIT) !== 0) return decodeErrorChunk(view, lengthAt, end, type, reply);
  throw new NbdProtocolError('NBD_BAD_REPLY', 'reply', `${chunkTypeName(type)} is not known`);
}
