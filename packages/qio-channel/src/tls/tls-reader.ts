import type { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovDiscardFront, iovFromBuffer, iovSize } from '../iovec.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../qio-channel.js';

/** Plain text that may wait to be read before the channel below is read on. */
const QUEUE_SIZE = 64 * 1024;

/** The reading half of a TLS channel: what has been decrypted and nobody has read yet. */
export class TlsReader {
  readonly #waiter: DirectionWaiter;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #end: { error: unknown } | null = null;

  constructor(waiter: DirectionWaiter) {
    this.#waiter = waiter;
  }

  get wantsMore(): boolean {
    return this.#size < QUEUE_SIZE && this.#end === null;
  }

  get ready(): boolean {
    return this.#size > 0 || this.#end !== null;
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  append(chunk: Uint8Array): void {
    if (this.#end !== null) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** Nothing more will come. What is here can still be read; then the reader sees the end, or `error`. */
  end(error: unknown): void {
    this.#end ??= { error };
    this.#waiter.wake();
  }

  /** As {@link end}, and what is here is read by nobody. */
  shut(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#end = { error: null };
    this.#waiter.wake();
  }

  readv(iov: IOVec): number {
    if (this.#size === 0) {
      if (this.#end === null) return QIO_CHANNEL_ERR_BLOCK;
      if (this.#end.error !== null) throw this.#end.error;
      return 0;
    }
    const wanted = iovSize(iov);
    let rest = iov;
    let got = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      const count = iovFromBuffer(rest, chunk);
      got += count;
      if (count < chunk.length) {
        this.#chunks[used] = chunk.subarray(count);
        break;
      }
      used++;
      if (got === wanted) break;
      rest = iovDiscardFront(rest, count);
    }
    if (used === this.#chunks.length) this.#chunks = [];
    else if (used > 0) this.#chunks.splice(0, used);
    this.#size -= got;
    return got;
  }
}
