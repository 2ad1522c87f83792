import { NBD_SIMPLE_REPLY_MAGIC, NBD_STRUCTURED_REPLY_MAGIC } from '../constants/magic.js';
import {
  NBD_REPLY_FLAG_DONE,
  NBD_REPLY_TYPE_BLOCK_STATUS,
  NBD_REPLY_TYPE_ERROR,
  NBD_REPLY_TYPE_ERROR_OFFSET,
  NBD_REPLY_TYPE_NONE,
  NBD_REPLY_TYPE_OFFSET_DATA,
  NBD_REPLY_TYPE_OFFSET_HOLE,
} from '../constants/reply-types.js';
import { encodeError, encodeOffset, requireCount } from './chunk-payload.js';
import { EXTENT_SIZE, MAX_CHUNK_DATA, MAX_EXTENTS, SIMPLE_REPLY_SIZE } from './reply-sizes.js';

// Each function writes at `at`, returns the position after what it wrote, and needs the room that the size of
// the same name gives (plus the message, in error chunks). A payload of data is the caller's to send.

/** @param error NBD_E* value, 0 for success; the data of a successful read then follows. */
export function encodeSimpleReply(
  view: DataView,
  at: number,
  error: number,
  cookieHigh: number,
  cookieLow: number,
): number {
  view.setUint32(at, NBD_SIMPLE_REPLY_MAGIC);
  view.setUint32(at + 4, error);
  view.setUint32(at + 8, cookieHigh);
  view.setUint32(at + 12, cookieLow);
  return at + SIMPLE_REPLY_SIZE;
}

/**
 * NBD_REPLY_TYPE_OFFSET_DATA up to its data.
 * @param length bytes of data that the caller sends next, 1 to MAX_CHUNK_DATA
 * @throws NbdUsageError
 */
export function encodeDataChunk(
  view: DataView,
  at: number,
  done: boolean,
  cookieHigh: number,
  cookieLow: number,
  offsetHigh: number,
  offsetLow: number,
  length: number,
): number {
  if (length < 1 || length > MAX_CHUNK_DATA) requireCount('data', length, MAX_CHUNK_DATA);
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_OFFSET_DATA, cookieHigh, cookieLow, length + 8);
  return encodeOffset(view, payload, offsetHigh, offsetLow);
}

/**
 * NBD_REPLY_TYPE_OFFSET_HOLE.
 * @param length bytes that read as zeroes, at least 1
 * @throws NbdUsageError
 */
export function encodeHoleChunk(
  view: DataView,
  at: number,
  done: boolean,
  cookieHigh: number,
  cookieLow: number,
  offsetHigh: number,
  offsetLow: number,
  length: number,
): number {
  requireCount('hole', length, 0xffffffff);
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_OFFSET_HOLE, cookieHigh, cookieLow, 12);
  const size = encodeOffset(view, payload, offsetHigh, offsetLow);
  view.setUint32(size, length);
  return size + 4;
}

/** NBD_REPLY_TYPE_NONE, which is always the last chunk of its reply. */
export function encodeNoneChunk(view: DataView, at: number, cookieHigh: number, cookieLow: number): number {
  return encodeHeader(view, at, true, NBD_REPLY_TYPE_NONE, cookieHigh, cookieLow, 0);
}

/**
 * NBD_REPLY_TYPE_ERROR.
 * @param error NBD_E* value, not 0
 * @param message UTF-8 of at most 4096 bytes, as `messageBytes()` makes it; may be empty
 * @throws NbdUsageError
 */
export function encodeErrorChunk(
  view: DataView,
  at: number,
  done: boolean,
  cookieHigh: number,
  cookieLow: number,
  error: number,
  message: Uint8Array,
): number {
  const length = 6 + message.length;
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_ERROR, cookieHigh, cookieLow, length);
  return encodeError(view, payload, error, message);
}

/** NBD_REPLY_TYPE_ERROR_OFFSET: as `encodeErrorChunk`, for the byte of the export at which it happened. */
export function encodeErrorOffsetChunk(
  view: DataView,
  at: number,
  done: boolean,
  cookieHigh: number,
  cookieLow: number,
  error: number,
  message: Uint8Array,
  offsetHigh: number,
  offsetLow: number,
): number {
  const length = 14 + message.length;
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_ERROR_OFFSET, cookieHigh, cookieLow, length);
  return encodeOffset(view, encodeError(view, payload, error, message), offsetHigh, offsetLow);
}

/**
 * NBD_REPLY_TYPE_BLOCK_STATUS up to its descriptors; `encodeExtent` writes each of them.
 * @param extents descriptors that follow, 1 to MAX_EXTENTS
 * @throws NbdUsageError
 */
export function encodeBlockStatusChunk(
  view: DataView,
  at: number,
  done: boolean,
  cookieHigh: number,
  cookieLow: number,
  contextId: number,
  extents: number,
): number {
  requireCount('block status', extents, MAX_EXTENTS, 'extents');
  const length = 4 + extents * EXTENT_SIZE;
  const payload = encodeHeader(view, at, done, NBD_REPLY_TYPE_BLOCK_STATUS, cookieHigh, cookieLow, length);
  view.setUint32(payload, contextId);
  return payload + 4;
}

/**
 * @param length bytes, 1 to 2^32 - 1
 * @throws NbdUsageError
 */
export function encodeExtent(view: DataView, at: number, length: number, status: number): number {
  requireCount('extent', length, 0xffffffff);
  view.setUint32(at, length);
  view.setUint32(at + 4, status);
  return at + EXTENT_SIZE;
}

function encodeHeader(
  view: DataView,
  at: number,
  done: boolean,
  type: number,
  cookieHigh: number,
  cookieLow: number,
  length: number,
): number {
  view.setUint32(at, NBD_STRUCTURED_REPLY_MAGIC);
  view.setUint16(at + 4, done ? NBD_REPLY_FLAG_DONE : 0);
  view.setUint16(at + 6, type);
  view.setUint32(at + 8, cookieHigh);
  view.setUint32(at + 12, cookieLow);
  view.setUint32(at + 16, length);
  return at + 20;
}
