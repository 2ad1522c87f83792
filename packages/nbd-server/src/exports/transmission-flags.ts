import {
  NBD_FLAG_BLOCK_STATUS_PAYLOAD,
  NBD_FLAG_CAN_MULTI_CONN,
  NBD_FLAG_READ_ONLY,
  NBD_FLAG_ROTATIONAL,
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_DF,
  NBD_FLAG_SEND_FAST_ZERO,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_FUA,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import type { NbdBackend } from './nbd-backend.js';

/**
 * What the server itself brings along. Every connection uses the same backend object, so a flush on one covers what
 * was written on all. The handshake leaves out what a client cannot use for want of what it has negotiated.
 */
const ALWAYS =
  NBD_FLAG_SEND_FLUSH |
  NBD_FLAG_SEND_FUA |
  NBD_FLAG_SEND_DF |
  NBD_FLAG_CAN_MULTI_CONN |
  NBD_FLAG_BLOCK_STATUS_PAYLOAD;

/** The flags of an export, from what its backend can do. */
export function transmissionFlags(backend: NbdBackend, readOnly: boolean): number {
  let flags = ALWAYS;
  if (backend.rotational === true) flags |= NBD_FLAG_ROTATIONAL;
  if (backend.cache !== undefined) flags |= NBD_FLAG_SEND_CACHE;
  if (readOnly) return flags | NBD_FLAG_READ_ONLY;
  if (backend.trim !== undefined) flags |= NBD_FLAG_SEND_TRIM;
  if (backend.writeZeroes === undefined) return flags;
  return flags | NBD_FLAG_SEND_WRITE_ZEROES | (backend.canFastZero === true ? NBD_FLAG_SEND_FAST_ZERO : 0);
}
