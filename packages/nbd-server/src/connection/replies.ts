import {
  DATA_CHUNK_SIZE,
  ERROR_CHUNK_SIZE,
  encodeDataChunk,
  encodeErrorChunk,
  encodeNoneChunk,
  encodeSimpleReply,
  messageBytes,
  NBD_CMD_READ,
  NONE_CHUNK_SIZE,
  type RequestHeader,
  SIMPLE_REPLY_SIZE,
  safeText,
} from '@coaio/nbd-protocol';
import type { WriteBatch } from '@coaio/qio-channel';
import type { Refusal } from './judge-request.js';

/**
 * Puts replies into the batch, in the form that was negotiated. With structured replies: one chunk for a read,
 * another with the text for an error, and the shorter simple reply for any other success, which proto.md allows.
 */
export class Replies {
  readonly #batch: WriteBatch;
  readonly #structured: boolean;
  #open = true;

  constructor(batch: WriteBatch, structured: boolean) {
    this.#batch = batch;
    this.#structured = structured;
  }

  /**
   * The bytes that were read, at least one. They are sent from where they are, and a write that is in flight at the
   * same time may still change them: proto.md leaves open which of the two such a read sees.
   */
  data(request: RequestHeader, payload: Uint8Array): void {
    if (!this.#open) return;
    const batch = this.#batch;
    const { cookieHigh, cookieLow, offsetHigh, offsetLow } = request;
    if (this.#structured) {
      const at = batch.reserve(DATA_CHUNK_SIZE);
      encodeDataChunk(batch.view, at, true, cookieHigh, cookieLow, offsetHigh, offsetLow, payload.length);
    } else {
      const at = batch.reserve(SIMPLE_REPLY_SIZE);
      encodeSimpleReply(batch.view, at, 0, cookieHigh, cookieLow);
    }
    batch.append(payload);
  }

  /** Done, and nothing to send with it. */
  success({ type, cookieHigh, cookieLow }: RequestHeader): void {
    if (!this.#open) return;
    const batch = this.#batch;
    // A read of 0 bytes: never a simple reply, and a data chunk MUST hold at least one byte.
    if (this.#structured && type === NBD_CMD_READ) {
      const at = batch.reserve(NONE_CHUNK_SIZE);
      encodeNoneChunk(batch.view, at, cookieHigh, cookieLow);
    } else {
      const at = batch.reserve(SIMPLE_REPLY_SIZE);
      encodeSimpleReply(batch.view, at, 0, cookieHigh, cookieLow);
    }
  }

  failure({ cookieHigh, cookieLow }: RequestHeader, { error, text }: Refusal): void {
    if (!this.#open) return;
    const batch = this.#batch;
    if (this.#structured) {
      const message = messageBytes(safeText(messageBytes(text)));
      const at = batch.reserve(ERROR_CHUNK_SIZE + message.length);
      encodeErrorChunk(batch.view, at, true, cookieHigh, cookieLow, error, message);
    } else {
      const at = batch.reserve(SIMPLE_REPLY_SIZE);
      encodeSimpleReply(batch.view, at, error, cookieHigh, cookieLow);
    }
  }

  /** The client has gone: what is still to come is dropped. */
  close(): void {
    this.#open = false;
  }
}
