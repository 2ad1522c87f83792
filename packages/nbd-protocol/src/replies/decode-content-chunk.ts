import { NbdProtocolError } from '../errors/protocol-error.js';
import { NEED_MORE } from '../need-more.js';
import { type ReplyHeader, ReplyKind } from './reply-header.js';

// The chunks of a read: data, hole, and the end of it. Each reads the length itself, at `lengthAt`: a number over
// 2^31 handed to a function that is not inlined would be boxed. The hot one has literals: the bundle turns each named
// constant of a module into a variable, which is read again and again (1 ns of 16).

/** In structured and extended chunks alike the payload follows the lower 32 bits of its length. */
export const LENGTH_SIZE = 4;
const HOLE_SIZE = 12;

/** Returns the position of the data, which is `reply.length` bytes long. */
export function decodeDataChunk(
  view: DataView,
  lengthAt: number,
  end: number,
  reply: ReplyHeader,
  maxData: number,
): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + 4;
  if (length < 9) throw badLength('NBD_REPLY_TYPE_OFFSET_DATA', length, 'at least 9');
  const data = length - 8;
  if (data > maxData) {
    const detail = `${data} bytes of data exceed the limit of ${maxData}`;
    throw new NbdProtocolError('NBD_REPLY_TOO_LARGE', 'NBD_REPLY_TYPE_OFFSET_DATA', detail);
  }
  if (end - payload < 8) return NEED_MORE;
  reply.kind = ReplyKind.DATA;
  reply.error = 0;
  reply.offsetHigh = view.getUint32(payload);
  reply.offsetLow = view.getUint32(payload + 4);
  reply.length = data;
  reply.contextId = 0;
  reply.message = '';
  return payload + 8;
}

export function decodeHoleChunk(view: DataView, lengthAt: number, end: number, reply: ReplyHeader): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + LENGTH_SIZE;
  if (length !== HOLE_SIZE) throw badLength('NBD_REPLY_TYPE_OFFSET_HOLE', length, '12');
  if (end - payload < HOLE_SIZE) return NEED_MORE;
  const hole = view.getUint32(payload + 8);
  if (hole === 0) throw bad('NBD_REPLY_TYPE_OFFSET_HOLE', 'hole of 0 bytes, at least 1 needed');
  reply.kind = ReplyKind.HOLE;
  reply.error = 0;
  reply.offsetHigh = view.getUint32(payload);
  reply.offsetLow = view.getUint32(payload + 4);
  reply.length = hole;
  reply.contextId = 0;
  reply.message = '';
  return payload + HOLE_SIZE;
}

export function decodeNoneChunk(view: DataView, lengthAt: number, done: boolean, reply: ReplyHeader): number {
  const length = view.getUint32(lengthAt);
  const payload = lengthAt + LENGTH_SIZE;
  if (length !== 0) throw badLength('NBD_REPLY_TYPE_NONE', length, '0');
  if (!done) throw bad('NBD_REPLY_TYPE_NONE', 'chunk without NBD_REPLY_FLAG_DONE');
  reply.kind = ReplyKind.NONE;
  reply.error = 0;
  reply.offsetHigh = 0;
  reply.offsetLow = 0;
  reply.length = 0;
  reply.contextId = 0;
  reply.message = '';
  return payload;
}

export function badLength(operation: string, length: number, expected: string): NbdProtocolError {
  return bad(operation, `payload of ${length} bytes, ${expected} needed`);
}

function bad(operation: string, detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', operation, detail);
}
