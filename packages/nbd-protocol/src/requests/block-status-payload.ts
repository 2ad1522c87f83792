import { NbdProtocolError } from '../errors/protocol-error.js';
import { NbdUsageError } from '../errors/usage-error.js';
import { hex32 } from '../errors/wire-literal.js';
import { MAX_META_CONTEXTS } from '../handshake/meta-context.js';
import { NEED_MORE, type NeedMore } from '../need-more.js';

const LENGTH_SIZE = 8;
const ID_SIZE = 4;

/** Longest payload of an NBD_CMD_BLOCK_STATUS request: a length, and an id for each context there can be. */
export const MAX_BLOCK_STATUS_PAYLOAD = LENGTH_SIZE + MAX_META_CONTEXTS * ID_SIZE;

/** The payload that limits an NBD_CMD_BLOCK_STATUS to some of the negotiated contexts. */
export interface BlockStatusPayload {
  /** How much of the export the request is about, upper and lower 32 bits. */
  readonly lengthHigh: number;
  readonly lengthLow: number;
  /** Metadata contexts to report, each once. */
  readonly contextIds: readonly number[];
}

/** Bytes that `encodeBlockStatusPayload` needs; the request's `length`. */
export function blockStatusPayloadSize(contexts: number): number {
  return LENGTH_SIZE + contexts * ID_SIZE;
}

/**
 * Writes the payload at `at` and returns the position after it.
 * @throws NbdUsageError an id twice, none at all, or more than MAX_META_CONTEXTS
 */
export function encodeBlockStatusPayload(view: DataView, at: number, payload: BlockStatusPayload): number {
  const { contextIds } = payload;
  const wrong = violation(contextIds);
  if (wrong !== undefined) throw new NbdUsageError('NBD_BAD_ARGUMENT', 'NBD_CMD_BLOCK_STATUS', wrong);
  view.setUint32(at, payload.lengthHigh);
  view.setUint32(at + 4, payload.lengthLow);
  let next = at + LENGTH_SIZE;
  for (const id of contextIds) {
    view.setUint32(next, id);
    next += ID_SIZE;
  }
  return next;
}

/**
 * Reads the payload of a request, `length` bytes at `at`, or says NEED_MORE. Whether the ids were negotiated is the
 * caller's to judge.
 * @param length the request's; at most MAX_BLOCK_STATUS_PAYLOAD
 * @throws NbdProtocolError NBD_BAD_REQUEST: the server answers NBD_EINVAL, skips the payload, and goes on
 */
export function decodeBlockStatusPayload(
  view: DataView,
  at: number,
  end: number,
  length: number,
): BlockStatusPayload | NeedMore {
  if (length > MAX_BLOCK_STATUS_PAYLOAD) {
    throw bad(`payload of ${length} bytes exceeds the limit of ${MAX_BLOCK_STATUS_PAYLOAD}`);
  }
  if (length < LENGTH_SIZE || length % ID_SIZE !== 0) {
    throw bad(`payload of ${length} bytes, 8 and a multiple of 4 needed`);
  }
  if (end - at < length) return NEED_MORE;
  const contextIds: number[] = [];
  for (let next = at + LENGTH_SIZE; next < at + length; next += ID_SIZE)
    contextIds.push(view.getUint32(next));
  const wrong = violation(contextIds);
  if (wrong !== undefined) throw bad(wrong);
  return { lengthHigh: view.getUint32(at), lengthLow: view.getUint32(at + 4), contextIds };
}

function violation(contextIds: readonly number[]): string | undefined {
  if (contextIds.length === 0) return 'payload names no metadata context';
  if (contextIds.length > MAX_META_CONTEXTS) {
    return `${contextIds.length} metadata contexts exceed the limit of ${MAX_META_CONTEXTS}`;
  }
  const seen = new Set<number>();
  for (const id of contextIds) {
    if (seen.has(id)) return `metadata context ${hex32(id)} is named twice`;
    seen.add(id);
  }
  return undefined;
}

function bad(detail: string): NbdProtocolError {
  return new NbdProtocolError('NBD_BAD_REQUEST', 'NBD_CMD_BLOCK_STATUS', detail);
}
