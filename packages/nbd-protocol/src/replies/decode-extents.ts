import { NbdProtocolError } from '../errors/protocol-error.js';
import { NEED_MORE } from '../need-more.js';
import { EXTENDED_EXTENT_SIZE, EXTENT_SIZE } from './reply-sizes.js';

/** Where the descriptors of a status chunk go, in the order in which they came. All halves are unsigned. */
export interface ExtentSink {
  /** @param lengthHigh bytes that have this status; never 0 in both halves */
  addExtent(lengthHigh: number, lengthLow: number, statusHigh: number, statusLow: number): void;
}

/**
 * Reads every whole descriptor of a BLOCK_STATUS chunk out of `[at, end)`, so that a chunk of a million never has to
 * be in memory at once. Returns the position after the last of them, or NEED_MORE when there is none. The caller
 * limits `end` to the `reply.length` bytes of the chunk.
 * @throws NbdProtocolError NBD_BAD_REPLY: an extent of 0 bytes, with which a client would never get on
 */
export function decodeExtents(view: DataView, at: number, end: number, sink: ExtentSink): number {
  if (end - at < EXTENT_SIZE) return NEED_MORE;
  let next = at;
  for (; end - next >= EXTENT_SIZE; next += EXTENT_SIZE) {
    const length = view.getUint32(next);
    if (length === 0) throw empty('NBD_REPLY_TYPE_BLOCK_STATUS');
    sink.addExtent(0, length, 0, view.getUint32(next + 4));
  }
  return next;
}

/** The same for the descriptors of a BLOCK_STATUS_EXT chunk. */
export function decodeExtendedExtents(view: DataView, at: number, end: number, sink: ExtentSink): number {
  if (end - at < EXTENDED_EXTENT_SIZE) return NEED_MORE;
  let next = at;
  for (; end - next >= EXTENDED_EXTENT_SIZE; next += EXTENDED_EXTENT_SIZE) {
    const lengthHigh = view.getUint32(next);
    const lengthLow = view.getUint32(next + 4);
    if (lengthHigh === 0 && lengthLow === 0) throw empty('NBD_REPLY_TYPE_BLOCK_STATUS_EXT');
    sink.addExtent(lengthHigh, lengthLow, view.getUint32(next + 8), view.getUint32(next + 12));
  }
  return next;
}

function empty(operation: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REPLY', operation, 'extent of 0 bytes, at least 1 needed');
}
