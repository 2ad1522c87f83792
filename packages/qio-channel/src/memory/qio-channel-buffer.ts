import type { Co } from '@coaio/coroutine';
import type { IOVec } from '../iovec.js';
import { type IOCondition, QIOChannel, type QIOChannelFeature, type ShutdownHow } from '../qio-channel.js';
import { BytePipe } from './byte-pipe.js';

export interface BufferPairOptions {
  /** Bytes that may be under way in each direction before a writer waits; default 64 KiB. */
  capacity?: number;
  /** The most bytes that one read or write moves; 1 makes everything arrive byte by byte. Default: no limit. */
  maxTransfer?: number;
}

/** A channel through memory, for tests and for two parties in one thread (after QEMU's `QIOChannelBuffer`). */
export class QIOChannelBuffer extends QIOChannel {
  readonly #incoming: BytePipe;
  readonly #outgoing: BytePipe;

  /** Two connected channels: what one writes, the other reads. */
  static pair(options: BufferPairOptions = {}): [QIOChannelBuffer, QIOChannelBuffer] {
    const { capacity = 64 * 1024, maxTransfer = Number.POSITIVE_INFINITY } = options;
    const there = new BytePipe('memory', capacity, maxTransfer);
    const back = new BytePipe('memory', capacity, maxTransfer);
    return [new QIOChannelBuffer(back, there), new QIOChannelBuffer(there, back)];
  }

  private constructor(incoming: BytePipe, outgoing: BytePipe) {
    super('memory');
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  override readv(iov: IOVec): Co<number> {
    return this.#incoming.read(iov, this.followCoroutineCtx);
  }

  override writev(iov: IOVec): Co<number> {
    return this.#outgoing.write(iov, this.followCoroutineCtx);
  }

  override yield(condition: IOCondition): Co<void> {
    return condition === 'in'
      ? this.#incoming.readable(this.followCoroutineCtx)
      : this.#outgoing.writable(this.followCoroutineCtx);
  }

  override shutdown(how: ShutdownHow): void {
    if (how !== 'write') this.#incoming.shutRead();
    if (how !== 'read') this.#outgoing.end();
  }

  override close(): void {
    this.shutdown('both');
  }
}
