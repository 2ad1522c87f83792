import type { IOVec } from '../iovec.js';
import { LocalQIOChannel } from '../local-qio-channel.js';
import type { IOCondition, QIOChannelFeature, ShutdownHow } from '../qio-channel.js';
import { BytePipe } from './byte-pipe.js';

export interface PairOptions {
  /** Bytes that may be under way in each direction before a writer waits; default 64 KiB. */
  capacity?: number;
  /** The most bytes that one read or write moves; 1 makes everything arrive byte by byte. Default: no limit. */
  maxTransfer?: number;
}

/** One of two channels that are connected through memory: for tests, and for two parties in one thread. */
export class QIOChannelPair extends LocalQIOChannel {
  readonly #incoming: BytePipe;
  readonly #outgoing: BytePipe;

  /** Two connected channels: what one writes, the other reads. */
  static open(options: PairOptions = {}): [QIOChannelPair, QIOChannelPair] {
    const { capacity = 64 * 1024, maxTransfer = Number.POSITIVE_INFINITY } = options;
    const there = new BytePipe('memory', capacity, maxTransfer);
    const back = new BytePipe('memory', capacity, maxTransfer);
    const [left, right] = [new QIOChannelPair(back, there), new QIOChannelPair(there, back)];
    there.join(right.reader, left.writer);
    back.join(left.reader, right.writer);
    return [left, right];
  }

  private constructor(incoming: BytePipe, outgoing: BytePipe) {
    super('memory');
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown';
  }

  protected override ioReadv(iov: IOVec): number {
    return this.#incoming.readv(iov);
  }

  protected override ioWritev(iov: IOVec): number {
    return this.#outgoing.writev(iov);
  }

  protected override ioReady(condition: IOCondition): boolean {
    return condition === 'in' ? this.#incoming.readable : this.#outgoing.writable;
  }

  protected override ioShutdown(how: ShutdownHow): void {
    if (how !== 'write') this.#incoming.shutRead();
    if (how !== 'read') this.#outgoing.end();
  }

  protected override ioClose(): void {
    this.ioShutdown('both');
  }
}
