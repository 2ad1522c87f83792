import { CoQueue } from '@coaio/co-queue';
import type { Co } from '@coaio/coroutine';
import type { WriteBatch } from '@coaio/qio-channel';

/** Replies that may wait for the client to read them before no more of its requests are read. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/**
 * Counts what one connection holds: requests that the backend has, their payloads, and replies not yet written.
 * The coroutine that reads requests waits here for room, so a client that does not read stalls itself alone.
 */
export class InFlight {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #batch: WriteBatch;
  /** The coroutine that reads requests. */
  readonly #settled = new CoQueue();
  /** Who waits for the end. */
  readonly #idle = new CoQueue();
  #count = 0;
  #bytes = 0;
  #abandoned = false;

  constructor(limits: { maxInFlight: number; maxInFlightBytes: number }, batch: WriteBatch) {
    this.#maxCount = limits.maxInFlight;
    this.#maxBytes = limits.maxInFlightBytes;
    this.#batch = batch;
  }

  /** Whether a request with `bytes` of payload, to or from the client, may be taken now. */
  hasRoom(bytes: number): boolean {
    const { pendingBytes } = this.#batch;
    if (this.#count >= this.#maxCount || pendingBytes > MAX_BACKLOG) return false;
    const held = this.#bytes + pendingBytes;
    return held + bytes <= this.#maxBytes || held === 0;
  }

  /** Waits until {@link hasRoom}, or until the connection is given up. */
  *room(bytes: number): Co<void> {
    while (!this.#abandoned && !this.hasRoom(bytes)) {
      if (this.#count >= this.#maxCount || this.#batch.pendingBytes === 0) yield* this.#settled.wait();
      else {
        yield* this.#batch.drained(Math.min(MAX_BACKLOG, Math.max(0, this.#maxBytes - this.#bytes - bytes)));
      }
    }
  }

  /** Whether the backend has no request. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  begin(bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
  }

  end(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    this.#settled.next();
    if (this.#count === 0) this.#idle.restartAll();
  }

  /** Waits until the backend has answered everything, or until the connection is given up. */
  *idle(): Co<void> {
    while (this.#count > 0 && !this.#abandoned) yield* this.#idle.wait();
  }

  /** The connection is closed: whoever waits here waits no longer. */
  abandon(): void {
    this.#abandoned = true;
    this.#settled.restartAll();
    this.#idle.restartAll();
  }
}
