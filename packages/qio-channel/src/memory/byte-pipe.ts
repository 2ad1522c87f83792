import type { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovFromBuffer } from '../iovec.js';
import { QIO_CHANNEL_ERR_BLOCK } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';

/** `open`: bytes flow. `ended`: no more is written, what is in it can still be read. `shut`: no more is read either. */
type PipeState = 'open' | 'ended' | 'shut';

/** One direction of a pair of memory channels. */
export class BytePipe {
  readonly #bytes: Uint8Array;
  readonly #maxTransfer: number;
  readonly #name: string;
  #reader: DirectionWaiter | null = null;
  #writer: DirectionWaiter | null = null;
  #length = 0;
  #state: PipeState = 'open';
  #endedHere = false;

  /** @param maxTransfer the most that one read or write moves. */
  constructor(name: string, capacity: number, maxTransfer: number) {
    this.#name = name;
    this.#bytes = new Uint8Array(capacity);
    this.#maxTransfer = maxTransfer;
  }

  /** Who is told of changes: the reader of one end and the writer of the other. */
  join(reader: DirectionWaiter, writer: DirectionWaiter): void {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** No more is written: what is in it can still be read. */
  end(): void {
    this.#endedHere = true;
    if (this.#state === 'open') this.#state = 'ended';
    this.#wake();
  }

  /** No more is read: readers see the end, writers an error. */
  shutRead(): void {
    this.#state = 'shut';
    this.#wake();
  }

  get readable(): boolean {
    return this.#length > 0 || this.#state !== 'open';
  }

  get writable(): boolean {
    return this.#length < this.#bytes.length || this.#state !== 'open';
  }

  readv(iov: IOVec): number {
    if (this.#state === 'shut') return 0;
    if (!this.readable) return QIO_CHANNEL_ERR_BLOCK;
    const count = iovFromBuffer(iov, this.#bytes.subarray(0, Math.min(this.#length, this.#maxTransfer)));
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#writer?.wake();
    return count;
  }

  writev(iov: IOVec): number {
    if (this.#endedHere)
      throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.#name}: write: it was shut down`);
    if (this.#state === 'shut')
      throw new QIOChannelError('QIO_CHANNEL_IO', `${this.#name}: write: the peer has closed`);
    const room = Math.min(this.#maxTransfer, this.#bytes.length - this.#length);
    if (room === 0) return QIO_CHANNEL_ERR_BLOCK;
    let count = 0;
    for (const piece of iov) {
      if (count === room) break;
      const part = piece.subarray(0, room - count);
      this.#bytes.set(part, this.#length);
      this.#length += part.length;
      count += part.length;
    }
    this.#reader?.wake();
    return count;
  }

  #wake(): void {
    this.#reader?.wake();
    this.#writer?.wake();
  }
}
