import type { Refusal } from '../refusal.js';
import type { Request } from '../request.js';
import type { RequestCounts } from '../request-counts.js';
import type { StatusExtents } from '../status-extents.js';
import type { ReadStretch, Replies } from './replies.js';

/** Counts what is answered: every request is, once. */
export class CountedReplies implements Replies {
  readonly #replies: Replies;
  readonly #counts: RequestCounts;

  constructor(replies: Replies, counts: RequestCounts) {
    this.#replies = replies;
    this.#counts = counts;
  }

  data(request: Request, payload: Uint8Array): void {
    this.#counts.succeeded(request.type, payload.length);
    this.#replies.data(request, payload);
  }

  sparse(request: Request, stretches: readonly ReadStretch[], payload: Uint8Array): void {
    this.#counts.succeeded(request.type, request.length);
    this.#replies.sparse(request, stretches, payload);
  }

  status(request: Request, contextId: number, extents: StatusExtents, last: boolean): void {
    if (last) this.#counts.succeeded(request.type, 0);
    this.#replies.status(request, contextId, extents, last);
  }

  success(request: Request): void {
    this.#counts.succeeded(request.type, request.length);
    this.#replies.success(request);
  }

  failure(request: Request, refusal: Refusal): void {
    this.#counts.failed();
    this.#replies.failure(request, refusal);
  }

  close(): void {
    this.#replies.close();
  }
}
