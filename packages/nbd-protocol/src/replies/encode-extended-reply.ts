import { NBD_EXTENDED_REPLY_MAGIC } from '../constants/magic.js';
import {
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_BLOCK_STATUS_EXT,
  NBD_REPLY_TYPE_ERROR,
  NBD_REPLY_TYPE_ERROR_OFFSET,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
} from '../constants/reply-types.js';
import { NbdUsageError } from '../errors/usage-error.js';
import type { RequestHeader } from '../requests/request.js';
import { encodeError, encodeOffset, requireCount } from './chunk-payload.js';
import {
  EXTENDED_CHUNK_HEADER_SIZE,
  EXTENDED_EXTENT_SIZE,
  MAX_CHUNK_DATA,
  MAX_EXTENTS,
} from './reply-sizes.js';

// As in encode-reply: each writes at `at`, returns the position after what it wrote, and needs the room that the
// size of the same name gives. The header repeats cookie and offset of the request that is answered.

/** The request that a chunk answers. */
export type AnsweredRequest = Pick<RequestHeader, 'cookieHigh' | 'cookieLow' | 'offsetHigh' | 'offsetLow'>;

/** NBD_REPLY_TYPE_NONE, which is always the last chunk of its reply. */
export function encodeExtendedNoneChunk(view: DataView, at: number, request: AnsweredRequest): number {
  return encodeHeader(view, at, true, NBD_REPLY_TYPE_NONE, request, 0);
}

/**
 * NBD_REPLY_TYPE_OFFSET_DATA up to its data.
 * @param length bytes of data that the caller sends next, 1 to MAX_CHUNK_DATA
 * @throws NbdUsageError
 */
export function encodeExtendedDataChunk(
  view: DataView,
  at: number,
  done: boolean,
  request: AnsweredRequest,
  offsetHigh: number,
  offsetLow: number,
  length: number,
): number {
  requireCount('data', length, MAX_CHUNK_DATA);
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_OFFSET_DATA, request, length + 8);
  return encodeOffset(view, payload, offsetHigh, offsetLow);
}

/**
 * NBD_REPLY_TYPE_OFFSET_HOLE.
 * @param length bytes that read as zeroes, 1 to 2^32 - 1
 * @throws NbdUsageError
 */
export function encodeExtendedHoleChunk(
  view: DataView,
  at: number,
  done: boolean,
  request: AnsweredRequest,
  offsetHigh: number,
  offsetLow: number,
  length: number,
): number {
  requireCount('hole', length, 0xffffffff);
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_OFFSET_HOLE, request, 12);
  const size = encodeOffset(view, payload, offsetHigh, offsetLow);
  view.setUint32(size, length);
  return size + 4;
}

/**
 * NBD_REPLY_TYPE_ERROR.
 * @param error NBD_E* value, not 0
 * @param message UTF-8 of at most 4096 bytes, as `messageBytes()` makes it; may be empty
 * @throws NbdUsageError
 */
export function encodeExtendedErrorChunk(
  view: DataView,
  at: number,
  done: boolean,
  request: AnsweredRequest,
  error: number,
  message: Uint8Array,
): number {
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_ERROR, request, 6 + message.length);
  return encodeError(view, payload, error, message);
}

/** NBD_REPLY_TYPE_ERROR_OFFSET: the same for the byte of the export at which it happened. */
export function encodeExtendedErrorOffsetChunk(
  view: DataView,
  at: number,
  done: boolean,
  request: AnsweredRequest,
  error: number,
  message: Uint8Array,
  offsetHigh: number,
  offsetLow: number,
): number {
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_ERROR_OFFSET, request, 14 + message.length);
  return encodeOffset(view, encodeError(view, payload, error, message), offsetHigh, offsetLow);
}

/**
 * NBD_REPLY_TYPE_BLOCK_STATUS_EXT up to its descriptors; `encodeExtendedExtent` writes each of them.
 * @param extents descriptors that follow, 1 to MAX_EXTENTS
 * @throws NbdUsageError
 */
export function encodeExtendedBlockStatusChunk(
  view: DataView,
  at: number,
  done: boolean,
  request: AnsweredRequest,
  contextId: number,
  extents: number,
): number {
  requireCount('block status', extents, MAX_EXTENTS, 'extents');
  const length = 8 + extents * EXTENDED_EXTENT_SIZE;
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_BLOCK_STATUS_EXT, request, length);
  view.setUint32(payload, contextId);
  view.setUint32(payload + 4, extents);
  return payload + 8;
}

/**
 * @param lengthHigh bytes; not 0 in both halves
 * @throws NbdUsageError
 */
export function encodeExtendedExtent(
  view: DataView,
  at: number,
  lengthHigh: number,
  lengthLow: number,
  statusHigh: number,
  statusLow: number,
): number {
  if (lengthHigh === 0 && lengthLow === 0) {
    throw new NbdUsageError('NBD_BAD_ARGUMENT', 'chunk', 'extent of 0 bytes, at least 1 needed');
  }
  return encodeOffset(view, encodeOffset(view, at, lengthHigh, lengthLow), statusHigh, statusLow);
}

function encodeHeader(
  view: DataView,
  at: number,
  done: boolean,
  type: number,
  request: AnsweredRequest,
  length: number,
): number {
  view.setUint32(at, NBD_EXTENDED_REPLY_MAGIC);
  view.setUint16(at + 4, done ? NBD_REPLY_FLAG_DONE : 0);
  view.setUint16(at + 6, type);
  view.setUint32(at + 8, request.cookieHigh);
  view.setUint32(at + 12, request.cookieLow);
  view.setUint32(at + 16, request.offsetHigh);
  view.setUint32(at + 20, request.offsetLow);
  view.setUint32(at + 24, 0);
  view.setUint32(at + 28, length);
  return at + EXTENDED_CHUNK_HEADER_SIZE;
}
