import {
  DATA_CHUNK_SIZE,
  ERROR_CHUNK_SIZE,
  ERROR_OFFSET_CHUNK_SIZE,
  EXTENT_SIZE,
  encodeBlockStatusChunk,
  encodeDataChunk,
  encodeErrorChunk,
  encodeErrorOffsetChunk,
  encodeExtent,
  encodeHoleChunk,
  encodeNoneChunk,
  encodeSimpleReply,
  HOLE_CHUNK_SIZE,
  NBD_CMD_READ,
  NONE_CHUNK_SIZE,
  SIMPLE_REPLY_SIZE,
  STATUS_CHUNK_SIZE,
} from '@coaio/nbd-protocol';
import type { WriteBatch } from '@coaio/qio-channel';
import type { Refusal } from '../refusal.js';
import { offsetOf, type Request } from '../request.js';
import type { StatusExtents } from '../status-extents.js';
import { messageOf, type ReadStretch, type Replies } from './replies.js';

/** Chunks for reads, status and errors, and the shorter simple reply for any other success, which proto.md allows. */
export class StructuredReplies implements Replies {
  readonly #batch: WriteBatch;
  #open = true;

  constructor(batch: WriteBatch) {
    this.#batch = batch;
  }

  data(request: Request, payload: Uint8Array): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const { cookieHigh, cookieLow, offsetHigh, offsetLow } = request;
    const at = batch.reserve(DATA_CHUNK_SIZE);
    encodeDataChunk(batch.view, at, true, cookieHigh, cookieLow, offsetHigh, offsetLow, payload.length);
    batch.append(payload);
  }

  sparse(request: Request, stretches: readonly ReadStretch[], payload: Uint8Array): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const start = offsetOf(request);
    const { cookieHigh, cookieLow } = request;
    for (const [index, { offset, length, hole }] of stretches.entries()) {
      const done = index === stretches.length - 1;
      const high = Math.floor(offset / 2 ** 32);
      const low = offset % 2 ** 32;
      const at = batch.reserve(hole ? HOLE_CHUNK_SIZE : DATA_CHUNK_SIZE);
      if (hole) encodeHoleChunk(batch.view, at, done, cookieHigh, cookieLow, high, low, length);
      else {
        encodeDataChunk(batch.view, at, done, cookieHigh, cookieLow, high, low, length);
        batch.append(payload.subarray(offset - start, offset - start + length));
      }
    }
  }

  status(
    { cookieHigh, cookieLow }: Request,
    contextId: number,
    { lengths, statuses }: StatusExtents,
    last: boolean,
  ): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const count = lengths.length;
    const at = batch.reserve(STATUS_CHUNK_SIZE);
    encodeBlockStatusChunk(batch.view, at, last, cookieHigh, cookieLow, contextId, count);
    const descriptors = new DataView(new ArrayBuffer(count * EXTENT_SIZE));
    let next = 0;
    for (let index = 0; index < count; index++) {
      next = encodeExtent(descriptors, next, lengths[index] as number, Number(statuses[index]));
    }
    batch.append(new Uint8Array(descriptors.buffer));
  }

  success({ type, cookieHigh, cookieLow }: Request): void {
    if (!this.#open) return;
    const batch = this.#batch;
    // A read of 0 bytes: never a simple reply, and a data chunk MUST hold at least one byte.
    if (type === NBD_CMD_READ) {
      const at = batch.reserve(NONE_CHUNK_SIZE);
      encodeNoneChunk(batch.view, at, cookieHigh, cookieLow);
    } else {
      const at = batch.reserve(SIMPLE_REPLY_SIZE);
      encodeSimpleReply(batch.view, at, 0, cookieHigh, cookieLow);
    }
  }

  failure({ cookieHigh, cookieLow }: Request, refusal: Refusal): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const message = messageOf(refusal);
    const { error, offset } = refusal;
    if (offset === undefined) {
      const at = batch.reserve(ERROR_CHUNK_SIZE + message.length);
      encodeErrorChunk(batch.view, at, true, cookieHigh, cookieLow, error, message);
    } else {
      const at = batch.reserve(ERROR_OFFSET_CHUNK_SIZE + message.length);
      const high = Math.floor(offset / 2 ** 32);
      const low = offset % 2 ** 32;
      encodeErrorOffsetChunk(batch.view, at, true, cookieHigh, cookieLow, error, message, high, low);
    }
  }

  close(): void {
    this.#open = false;
  }
}
