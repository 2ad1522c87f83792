import type { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovFromBuffer } from '../iovec.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../qio-channel.js';
import { ReceiveBuffer } from './receive-buffer.js';

/**
 * The reading half of a socket channel. Bytes land in the memory of the coroutine that waits to read, without a copy, or in a
 * buffer if none waits; reading stops once something is in that. The event loop asks for the place before each read.
 */
export class SocketReader {
  readonly #waiter: DirectionWaiter;
  readonly #resume: () => void;
  readonly #buffer = new ReceiveBuffer();
  #target: Uint8Array | null = null;
  /** What the event loop reads into next, whatever it says that it was. */
  #placed: Uint8Array | null = null;
  #landed = 0;
  #unread: Uint8Array | null = null;
  #end: { error: Error | null } | null = null;
  #reading = true;

  /** @param resume makes the event loop read again, after {@link land} has told it to stop. */
  constructor(waiter: DirectionWaiter, resume: () => void) {
    this.#waiter = waiter;
    this.#resume = resume;
  }

  /** The memory for the next read. */
  place(): Uint8Array {
    this.#placed = this.#target ?? this.#buffer.bytes;
    return this.#placed;
  }

  /** `count` bytes have arrived at the start of the last place. @returns whether to go on reading. */
  land(count: number, given: Uint8Array): boolean {
    const place = this.#placed ?? given;
    // Not a test for "somebody waits": the place was asked for before, the waiter may have come since.
    if (place === this.#target) {
      this.#landed = count;
    } else {
      this.#unread = place.subarray(0, count);
      this.#buffer.adjust(count);
    }
    // The next place is asked for before a waiter of another context has had its turn: not that one's memory again.
    this.#target = null;
    this.#waiter.wake('event');
    this.#reading = this.#waiter.waiting;
    return this.#reading;
  }

  /** Nothing more will come. What has landed can still be read; then the reader sees the end, or `error`. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#waiter.wake();
  }

  /** No more is read: what has arrived is dropped. */
  shut(): void {
    this.#unread = null;
    this.end(null);
  }

  /** What it has ended with; null: a plain end, undefined: it has not. */
  get error(): Error | null | undefined {
    return this.#end?.error;
  }

  get ready(): boolean {
    return this.#unread !== null || this.#end !== null;
  }

  readv(iov: IOVec): number {
    if (this.#landed > 0) return this.takeLanded();
    if (this.#unread !== null) {
      const count = iovFromBuffer(iov, this.#unread);
      this.#unread = count < this.#unread.length ? this.#unread.subarray(count) : null;
      return count;
    }
    if (this.#end === null) return QIO_CHANNEL_ERR_BLOCK;
    if (this.#end.error !== null) throw this.#end.error;
    return 0;
  }

  /** What has landed in the memory of the last {@link watch}. */
  takeLanded(): number {
    const landed = this.#landed;
    this.#landed = 0;
    return landed;
  }

  /** `abortable`: its memory is not read into, for the event loop cannot be told to forget a place that it has asked for. */
  watch(iov: IOVec | null, abortable: boolean): void {
    this.#target = abortable ? null : (iov?.find((piece) => piece.length > 0) ?? null);
    if (this.#reading) return;
    this.#reading = true;
    this.#resume();
  }

  unwatch(): void {
    this.#target = null;
  }

  /**
   * The memory of the last watch goes back to its owner, before anything came. @param replace gives the event loop another place.
   * @returns whether it did.
   */
  reclaim(replace: (place: Uint8Array) => boolean): boolean {
    if (this.#target === null || this.#placed !== this.#target) return true;
    this.#target = null;
    return replace(this.place());
  }
}
