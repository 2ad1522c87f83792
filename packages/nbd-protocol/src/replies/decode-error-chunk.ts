import { safeText } from '../bytes/safe-text.js';
import { MAX_STRING } from '../bytes/string.js';
import { NBD_EINVAL } from '../constants/errno.js';
import {
  chunkTypeName,
  NBD_REPLY_TYPE_ERROR,
  NBD_REPLY_TYPE_ERROR_OFFSET,
} from '../constants/reply-types.js';
import { NbdProtocolError } from '../errors/protocol-error.js';
import { NEED_MORE } from '../need-more.js';
import { LENGTH_SIZE } from './decode-content-chunk.js';
import { type ReplyHeader, ReplyKind } from './reply-header.js';
import { MAX_CONTROL_PAYLOAD } from './reply-sizes.js';

/** Error value and message length, with which every error chunk starts. */
const PREFIX = 6;

/**
 * Reads the payload of a chunk whose type has bit 15 set. A type without a definition fails its request and no
 * more than that: it is reported as ERROR, with NBD_EINVAL where it does not even hold the common prefix.
 */
export function decodeErrorChunk(
  view: DataView,
  lengthAt: number,
  end: number,
  type: number,
  reply: ReplyHeader,
): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + LENGTH_SIZE;
  const operation = chunkTypeName(type);
  const known = type === NBD_REPLY_TYPE_ERROR || type === NBD_REPLY_TYPE_ERROR_OFFSET;
  const offsetSize = type === NBD_REPLY_TYPE_ERROR_OFFSET ? 8 : 0;
  if (known && length < PREFIX + offsetSize) {
    throw bad(operation, `payload of ${length} bytes, at least ${PREFIX + offsetSize} needed`);
  }
  if (length > MAX_CONTROL_PAYLOAD) {
    const detail = `payload of ${length} bytes exceeds the limit of ${MAX_CONTROL_PAYLOAD}`;
    throw new NbdProtocolError('NBD_REPLY_TOO_LARGE', operation, detail);
  }
  if (end - payload < length) return NEED_MORE;

  const hasPrefix = length >= PREFIX;
  const error = hasPrefix ? view.getUint32(payload) : 0;
  if (known && error === 0) throw bad(operation, 'error value 0, which means success');
  const messageLength = hasPrefix ? view.getUint16(payload + 4) : 0;
  const room = hasPrefix ? length - PREFIX - offsetSize : 0;
  // proto.md, error chunks: unlike an unknown type, a message that does not fit ends the connection.
  if (messageLength > room)
    throw bad(operation, `message of ${messageLength} bytes, payload has room for ${room}`);
  if (messageLength > MAX_STRING) {
    throw bad(operation, `message of ${messageLength} bytes exceeds the limit of ${MAX_STRING}`);
  }

  const offset = payload + PREFIX + messageLength;
  reply.kind = offsetSize === 8 ? ReplyKind.ERROR_OFFSET : ReplyKind.ERROR;
  reply.error = error === 0 ? NBD_EINVAL : error;
  reply.offsetHigh = offsetSize === 8 ? view.getUint32(offset) : 0;
  reply.offsetLow = offsetSize === 8 ? view.getUint32(offset + 4) : 0;
  reply.length = 0;
  reply.contextId = 0;
  reply.message = messageLength === 0 ? '' : readMessage(view, payload + PREFIX, messageLength);
  // The header's length counts: it also covers fields that this decoder does not know.
  return payload + length;
}

function readMessage(view: DataView, at: number, length: number): string {
  return safeText(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

function bad(operation: string, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', operation, detail);
}
