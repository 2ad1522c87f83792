import type { Co } from '@coaio/coroutine';
import { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovDiscardFront, iovFromBuffer } from '../iovec.js';
import { QIOChannelError } from '../qio-channel-error.js';

/** One direction of a pair of memory channels. */
export class BytePipe {
  readonly #bytes: Uint8Array;
  readonly #maxTransfer: number;
  readonly #name: string;
  readonly #reader: DirectionWaiter;
  readonly #writer: DirectionWaiter;
  #length = 0;
  #ended = false;
  #readShut = false;

  /** @param maxTransfer the most that one read or write moves. */
  constructor(name: string, capacity: number, maxTransfer: number) {
    this.#name = name;
    this.#bytes = new Uint8Array(capacity);
    this.#maxTransfer = maxTransfer;
    this.#reader = new DirectionWaiter(name, 'read');
    this.#writer = new DirectionWaiter(name, 'write');
  }

  /** No more is written: what is in it can still be read. */
  end(): void {
    this.#ended = true;
    this.#reader.wake();
    this.#writer.wake();
  }

  /** No more is read: readers see the end, writers an error. */
  shutRead(): void {
    this.#readShut = true;
    this.#reader.wake();
    this.#writer.wake();
  }

  *readable(follow: boolean): Co<void> {
    this.#reader.assertFree();
    if (this.#length === 0 && !this.#ended && !this.#readShut) yield* this.#reader.wait(follow);
  }

  *writable(follow: boolean): Co<void> {
    this.#writer.assertFree();
    if (this.#length === this.#bytes.length && !this.#ended && !this.#readShut)
      yield* this.#writer.wait(follow);
  }

  *read(iov: IOVec, follow: boolean): Co<number> {
    if (iov.every((piece) => piece.length === 0)) return 0;
    while (this.#length === 0 && !this.#ended && !this.#readShut) yield* this.readable(follow);
    this.#reader.assertFree();
    if (this.#readShut) return 0;
    const count = iovFromBuffer(iov, this.#bytes.subarray(0, Math.min(this.#length, this.#maxTransfer)));
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#writer.wake();
    return count;
  }

  *write(iov: IOVec, follow: boolean): Co<number> {
    const [first] = iovDiscardFront(iov, 0);
    if (first === undefined) return 0;
    while (this.#length === this.#bytes.length && !this.#ended && !this.#readShut)
      yield* this.writable(follow);
    this.#writer.assertFree();
    if (this.#ended)
      throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.#name}: write: it was shut down`);
    if (this.#readShut)
      throw new QIOChannelError('QIO_CHANNEL_IO', `${this.#name}: write: the peer has closed`);
    const count = Math.min(first.length, this.#maxTransfer, this.#bytes.length - this.#length);
    this.#bytes.set(first.subarray(0, count), this.#length);
    this.#length += count;
    this.#reader.wake();
    return count;
  }
}
