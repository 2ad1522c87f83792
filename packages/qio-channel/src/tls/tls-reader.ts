import type { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovDiscardFront, iovFromBuffer, iovSize } from '../iovec.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../qio-channel.js';

/** Plain text that may wait to be read before the channel below is read on. */
const QUEUE_SIZE = 64 * 1024;

/** Pieces shorter than this are gathered while nobody reads: a peer may send records of one byte. */
const BLOCK_SIZE = 4 * 1024;

/** The reading half of a TLS channel: what has been decrypted and nobody has read yet. */
export class TlsReader {
  readonly #waiter: DirectionWaiter;
  #chunks: Uint8Array[] = [];
  /** What is free behind the last chunk; null: that one is not ours. */
  #room: Uint8Array | null = null;
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

  append(chunk: Uint8Array): void {
    if (this.#end !== null) return;
    // One that the reader takes next is not copied.
    if (this.#size > 0 && chunk.length < BLOCK_SIZE) this.#gather(chunk);
    else {
      this.#chunks.push(chunk);
      this.#room = null;
    }
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
    this.#room = null;
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
    if (used === this.#chunks.length) {
      this.#chunks = [];
      this.#room = null;
    } else if (used > 0) this.#chunks.splice(0, used);
    this.#size -= got;
    return got;
  }

  /** Any two chunks in a row have a block's bytes, but for the first: there are few, and their memory is little more than their bytes. */
  #gather(chunk: Uint8Array): void {
    const last = this.#chunks.at(-1);
    let room = this.#room;
    if (last === undefined || room === null || room.length < chunk.length) {
      room = new Uint8Array(BLOCK_SIZE);
      this.#chunks.push(room.subarray(0, chunk.length));
    } else {
      this.#chunks[this.#chunks.length - 1] = new Uint8Array(
        last.buffer,
        last.byteOffset,
        last.length + chunk.length,
      );
    }
    room.set(chunk);
    this.#room = room.subarray(chunk.length);
  }
}
