import {
  EXTENDED_DATA_CHUNK_SIZE,
  EXTENDED_ERROR_CHUNK_SIZE,
  EXTENDED_ERROR_OFFSET_CHUNK_SIZE,
  EXTENDED_EXTENT_SIZE,
  EXTENDED_HOLE_CHUNK_SIZE,
  EXTENDED_NONE_CHUNK_SIZE,
  EXTENDED_STATUS_CHUNK_SIZE,
  encodeExtendedBlockStatusChunk,
  encodeExtendedDataChunk,
  encodeExtendedErrorChunk,
  encodeExtendedErrorOffsetChunk,
  encodeExtendedExtent,
  encodeExtendedHoleChunk,
  encodeExtendedNoneChunk,
} from '@coaio/nbd-protocol';
import type { WriteBatch } from '@coaio/qio-channel';
import type { Refusal } from '../refusal.js';
import { offsetOf, type Request } from '../request.js';
import type { StatusExtents } from '../status-extents.js';
import { messageOf, type ReadStretch, type Replies } from './replies.js';

/** For clients with extended headers: nothing but extended chunks, which repeat the offset of the request. */
export class ExtendedReplies implements Replies {
  readonly #batch: WriteBatch;
  #open = true;

  constructor(batch: WriteBatch) {
    this.#batch = batch;
  }

  data(request: Request, payload: Uint8Array): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const { offsetHigh, offsetLow } = request;
    const at = batch.reserve(EXTENDED_DATA_CHUNK_SIZE);
    encodeExtendedDataChunk(batch.view, at, true, request, offsetHigh, offsetLow, payload.length);
    batch.append(payload);
  }

  sparse(request: Request, stretches: readonly ReadStretch[], payload: Uint8Array): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const start = offsetOf(request);
    for (const [index, { offset, length, hole }] of stretches.entries()) {
      const done = index === stretches.length - 1;
      const high = Math.floor(offset / 2 ** 32);
      const low = offset % 2 ** 32;
      const at = batch.reserve(hole ? EXTENDED_HOLE_CHUNK_SIZE : EXTENDED_DATA_CHUNK_SIZE);
      if (hole) encodeExtendedHoleChunk(batch.view, at, done, request, high, low, length);
      else {
        encodeExtendedDataChunk(batch.view, at, done, request, high, low, length);
        batch.append(payload.subarray(offset - start, offset - start + length));
      }
    }
  }

  status(request: Request, contextId: number, { lengths, statuses }: StatusExtents, last: boolean): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const count = lengths.length;
    const at = batch.reserve(EXTENDED_STATUS_CHUNK_SIZE);
    encodeExtendedBlockStatusChunk(batch.view, at, last, request, contextId, count);
    const descriptors = new DataView(new ArrayBuffer(count * EXTENDED_EXTENT_SIZE));
    let next = 0;
    for (let index = 0; index < count; index++) {
      const length = lengths[index] as number;
      const status = BigInt(statuses[index] as number | bigint);
      next = encodeExtendedExtent(
        descriptors,
        next,
        Math.floor(length / 2 ** 32),
        length % 2 ** 32,
        Number(status >> 32n),
        Number(status & 0xffffffffn),
      );
    }
    batch.append(new Uint8Array(descriptors.buffer));
  }

  success(request: Request): void {
    if (!this.#open) return;
    const at = this.#batch.reserve(EXTENDED_NONE_CHUNK_SIZE);
    encodeExtendedNoneChunk(this.#batch.view, at, request);
  }

  failure(request: Request, refusal: Refusal): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const message = messageOf(refusal);
    const { error, offset } = refusal;
    if (offset === undefined) {
      const at = batch.reserve(EXTENDED_ERROR_CHUNK_SIZE + message.length);
      encodeExtendedErrorChunk(batch.view, at, true, request, error, message);
    } else {
      const at = batch.reserve(EXTENDED_ERROR_OFFSET_CHUNK_SIZE + message.length);
      const high = Math.floor(offset / 2 ** 32);
      const low = offset % 2 ** 32;
      encodeExtendedErrorOffsetChunk(batch.view, at, true, request, error, message, high, low);
    }
  }

  close(): void {
    this.#open = false;
  }
}
