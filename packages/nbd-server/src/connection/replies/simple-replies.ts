import { encodeSimpleReply, SIMPLE_REPLY_SIZE } from '@coaio/nbd-protocol';
import type { WriteBatch } from '@coaio/qio-channel';
import type { Refusal } from '../refusal.js';
import type { Request } from '../request.js';
import type { Replies } from './replies.js';

/** For clients that negotiated nothing: an error value, and the data of a read. */
export class SimpleReplies implements Replies {
  readonly #batch: WriteBatch;
  #open = true;

  constructor(batch: WriteBatch) {
    this.#batch = batch;
  }

  data(request: Request, payload: Uint8Array): void {
    if (!this.#open) return;
    this.#head(request, 0);
    this.#batch.append(payload);
  }

  sparse(): void {
    throw new Error('a simple reply has no holes');
  }

  status(): void {
    throw new Error('a simple reply has no status');
  }

  success(request: Request): void {
    if (this.#open) this.#head(request, 0);
  }

  failure(request: Request, { error }: Refusal): void {
    if (this.#open) this.#head(request, error);
  }

  close(): void {
    this.#open = false;
  }

  #head({ cookieHigh, cookieLow }: Request, error: number): void {
    const at = this.#batch.reserve(SIMPLE_REPLY_SIZE);
    encodeSimpleReply(this.#batch.view, at, error, cookieHigh, cookieLow);
  }
}
