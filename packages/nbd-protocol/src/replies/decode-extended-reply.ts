import { NBD_EXTENDED_REPLY_MAGIC } from '../constants/magic.js';
import {
  chunkTypeName,
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_BLOCK_STATUS_EXT,
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
import { decodeExtendedStatusChunk } from './decode-status-chunk.js';
import type { ExtendedReplyHeader } from './reply-header.js';
import { EXTENDED_CHUNK_HEADER_SIZE, MAX_CHUNK_DATA } from './reply-sizes.js';

/** Position of the lower half of the payload's length in the header. */
const LENGTH_LOW = 28;

/**
 * `decodeReply` for a connection that negotiated extended headers, where every message is a chunk of this form:
 * simple replies and structured ones are then illegal. Reads one chunk out of `[at, end)` into `reply`, with its
 * control payload; data and descriptors are left for the caller. Returns the position after what it consumed, or
 * NEED_MORE; a window of MAX_REPLY_CONTROL bytes is always enough.
 *
 * @param maxData most data bytes to accept in one chunk
 * @throws NbdProtocolError NBD_BAD_MAGIC, NBD_BAD_REPLY, NBD_REPLY_TOO_LARGE. The stream cannot be read on.
 */
export function decodeExtendedReply(
  view: DataView,
  at: number,
  end: number,
  reply: ExtendedReplyHeader,
  maxData: number = MAX_CHUNK_DATA,
): number {
  if (end - at < 4) return NEED_MORE;
  const magic = view.getUint32(at);
  if (magic !== NBD_EXTENDED_REPLY_MAGIC) throw badMagic(magic);
  if (end - at < EXTENDED_CHUNK_HEADER_SIZE) return NEED_MORE;
  // The length has 64 bits to look like a request's; no payload is that long.
  if (view.getUint32(at + 24) !== 0) throw tooLong(view.getBigUint64(at + 24));
  const done = (view.getUint16(at + 4) & NBD_REPLY_FLAG_DONE) !== 0;
  const next = decodePayload(view, at, end, done, reply, maxData);
  if (next === NEED_MORE) return NEED_MORE;
  reply.done = done;
  reply.cookieHigh = view.getUint32(at + 8);
  reply.cookieLow = view.getUint32(at + 12);
  reply.requestOffsetHigh = view.getUint32(at + 16);
  reply.requestOffsetLow = view.getUint32(at + 20);
  return next;
}

function decodePayload(
  view: DataView,
  at: number,
  end: number,
  done: boolean,
  reply: ExtendedReplyHeader,
  maxData: number,
): number {
  const type = view.getUint16(at + 6);
  const lengthAt = at + LENGTH_LOW;
  if (type === NBD_REPLY_TYPE_OFFSET_DATA) return decodeDataChunk(view, lengthAt, end, reply, maxData);
  if (type === NBD_REPLY_TYPE_NONE) return decodeNoneChunk(view, lengthAt, done, reply);
  if (type === NBD_REPLY_TYPE_OFFSET_HOLE) return decodeHoleChunk(view, lengthAt, end, reply);
  if (type === NBD_REPLY_TYPE_BLOCK_STATUS_EXT) return decodeExtendedStatusChunk(view, lengthAt, end, reply);
  if ((type & NBD_REPLY_TYPE_ERROR_BIT) !== 0) return decodeErrorChunk(view, lengthAt, end, type, reply);
  const detail = `${chunkTypeName(type)} is not known under extended headers`;
  throw new NbdProtocolError('NBD_BAD_REPLY', 'reply', detail);
}

function badMagic(magic: number): NbdProtocolError {
  const detail = `magic ${hex32(magic)} is not NBD_EXTENDED_REPLY_MAGIC ${hex32(NBD_EXTENDED_REPLY_MAGIC)}`;
  return new NbdProtocolError('NBD_BAD_MAGIC', 'reply', detail);
}

function tooLong(length: bigint): NbdProtocolError {
  const detail = `payload of ${length} bytes exceeds the limit of ${0xffffffff}`;
  return new NbdProtocolError('NBD_REPLY_TOO_LARGE', 'reply', detail);
}
