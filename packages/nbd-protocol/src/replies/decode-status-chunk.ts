import { NbdProtocolError } from '../errors/protocol-error.js';
import { NEED_MORE } from '../need-more.js';
import { badLength, LENGTH_SIZE } from './decode-content-chunk.js';
import { type ReplyHeader, ReplyKind } from './reply-header.js';
import { EXTENDED_EXTENT_SIZE, EXTENT_SIZE, MAX_EXTENTS } from './reply-sizes.js';

const CONTEXT_SIZE = 4;
const CONTEXT_AND_COUNT_SIZE = 8;

/** NBD_REPLY_TYPE_BLOCK_STATUS. Returns the position of the descriptors, `reply.length` bytes of them. */
export function decodeStatusChunk(view: DataView, lengthAt: number, end: number, reply: ReplyHeader): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + LENGTH_SIZE;
  const extents = (length - CONTEXT_SIZE) / EXTENT_SIZE;
  if (extents < 1 || !Number.isInteger(extents)) {
    throw badLength('NBD_REPLY_TYPE_BLOCK_STATUS', length, '4 and a positive multiple of 8');
  }
  checkCount('NBD_REPLY_TYPE_BLOCK_STATUS', extents);
  if (end - payload < CONTEXT_SIZE) return NEED_MORE;
  setStatus(reply, view.getUint32(payload), length - CONTEXT_SIZE);
  return payload + CONTEXT_SIZE;
}

/** NBD_REPLY_TYPE_BLOCK_STATUS_EXT, whose count of descriptors MUST agree with its length. */
export function decodeExtendedStatusChunk(
  view: DataView,
  lengthAt: number,
  end: number,
  reply: ReplyHeader,
): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + LENGTH_SIZE;
  const extents = (length - CONTEXT_AND_COUNT_SIZE) / EXTENDED_EXTENT_SIZE;
  if (extents < 1 || !Number.isInteger(extents)) {
    throw badLength('NBD_REPLY_TYPE_BLOCK_STATUS_EXT', length, '8 and a positive multiple of 16');
  }
  checkCount('NBD_REPLY_TYPE_BLOCK_STATUS_EXT', extents);
  if (end - payload < CONTEXT_AND_COUNT_SIZE) return NEED_MORE;
  const count = view.getUint32(payload + 4);
  if (count !== extents) {
    const detail = `count of ${count} descriptors, the payload holds ${extents}`;
    throw new NbdProtocolError('NBD_BAD_REPLY', 'NBD_REPLY_TYPE_BLOCK_STATUS_EXT', detail);
  }
  setStatus(reply, view.getUint32(payload), length - CONTEXT_AND_COUNT_SIZE);
  return payload + CONTEXT_AND_COUNT_SIZE;
}

function checkCount(operation: string, extents: number): void {
  if (extents <= MAX_EXTENTS) return;
  const detail = `${extents} descriptors exceed the limit of ${MAX_EXTENTS}`;
  throw new NbdProtocolError('NBD_REPLY_TOO_LARGE', operation, detail);
}

function setStatus(reply: ReplyHeader, contextId: number, length: number): void {
  reply.kind = ReplyKind.BLOCK_STATUS;
  reply.error = 0;
  reply.offsetHigh = 0;
  reply.offsetLow = 0;
  reply.length = length;
  reply.contextId = contextId;
  reply.message = '';
}
