import { type Co, coAwait } from '@coaio/coroutine';
import {
  type IOCondition,
  type IOOptions,
  type IOVec,
  QIO_CHANNEL_ERR_BLOCK,
  QIOChannel,
  QIOChannelError,
  type QIOChannelFeature,
  type ReadOptions,
  type ShutdownHow,
} from '@coaio/qio-channel';
import type { Faults } from './faults.js';

/** One direction: how far it is, and what is due. */
class FaultyDirection {
  readonly faults: Faults;
  moved = 0;
  blocked = false;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  get left(): number {
    return (this.faults.cut?.after ?? Number.POSITIVE_INFINITY) - this.moved;
  }

  limit(iov: IOVec): IOVec {
    return firstBytes(iov, Math.min(this.left, this.faults.atMost()));
  }

  count(moved: number): number {
    if (moved > 0) this.moved += moved;
    return moved;
  }

  /** Whether this call, which does not wait, is told to come back. */
  blocksNow(): boolean {
    this.blocked = this.faults.blocksEveryOther && !this.blocked;
    return this.blocked;
  }
}

/**
 * A channel with faults in between: what it reads and writes goes through another one in parts, late, or up to a byte where it breaks off.
 * The other one is really ended or closed there, so that its peer sees it too.
 */
export class FaultyChannel extends QIOChannel {
  readonly #inner: QIOChannel;
  readonly #reads: FaultyDirection;
  readonly #writes: FaultyDirection;

  constructor(inner: QIOChannel, reads: Faults, writes: Faults) {
    super(`faulty ${inner.name}`);
    this.#inner = inner;
    this.#reads = new FaultyDirection(reads);
    this.#writes = new FaultyDirection(writes);
  }

  override get handle(): QIOChannel['handle'] {
    return this.#inner.handle;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return this.#inner.hasFeature(feature);
  }

  override setFollowCoroutineCtx(enabled: boolean): void {
    this.#inner.setFollowCoroutineCtx(enabled);
  }

  override setCork(enabled: boolean): void {
    this.#inner.setCork(enabled);
  }

  override setDelay(enabled: boolean): void {
    this.#inner.setDelay(enabled);
  }

  override *readv(iov: IOVec, options?: ReadOptions): Co<number> {
    yield* this.#comeLate(this.#reads);
    if (this.#reads.left <= 0) return this.#cutRead();
    return this.#reads.count(yield* this.#inner.readv(this.#reads.limit(iov), options));
  }

  override *writev(iov: IOVec, options?: IOOptions): Co<number> {
    yield* this.#comeLate(this.#writes);
    if (this.#writes.left <= 0) return this.#cutWrite();
    return this.#writes.count(yield* this.#inner.writev(this.#writes.limit(iov), options));
  }

  override tryReadv(iov: IOVec): number {
    if (this.#reads.blocksNow()) return QIO_CHANNEL_ERR_BLOCK;
    if (this.#reads.left <= 0) return this.#cutRead();
    return this.#reads.count(this.#inner.tryReadv(this.#reads.limit(iov)));
  }

  override tryWritev(iov: IOVec): number {
    if (this.#writes.blocksNow()) return QIO_CHANNEL_ERR_BLOCK;
    if (this.#writes.left <= 0) return this.#cutWrite();
    return this.#writes.count(this.#inner.tryWritev(this.#writes.limit(iov)));
  }

  override yield(condition: IOCondition, options?: IOOptions): Co<void> {
    return this.#inner.yield(condition, options);
  }

  override wakeRead(): void {
    this.#inner.wakeRead();
  }

  override shutdown(how: ShutdownHow): void {
    this.#inner.shutdown(how);
  }

  override close(): void {
    this.#inner.close();
  }

  *#comeLate(direction: FaultyDirection): Co<void> {
    for (let turns = direction.faults.turnsLate(); turns > 0; turns--) {
      yield* coAwait(new Promise<void>((resolve) => setImmediate(resolve)));
    }
  }

  #cutRead(): number {
    if (this.#reads.faults.cut?.how === 'end') {
      this.#inner.shutdown('read');
      return 0;
    }
    throw this.#reset('read');
  }

  #cutWrite(): never {
    if (this.#writes.faults.cut?.how === 'end') {
      this.#inner.shutdown('write');
      throw new QIOChannelError('QIO_CHANNEL_SHUT_DOWN', `${this.name}: write: it was shut down`);
    }
    throw this.#reset('write');
  }

  #reset(operation: string): QIOChannelError {
    this.#inner.close();
    const cause = Object.assign(new Error('cut'), { code: 'ECONNRESET' });
    return new QIOChannelError('QIO_CHANNEL_IO', `${this.name}: ${operation}`, cause);
  }
}

function firstBytes(iov: IOVec, most: number): IOVec {
  const first: Uint8Array[] = [];
  let left = most;
  for (const piece of iov) {
    if (left <= 0) break;
    first.push(piece.subarray(0, left));
    left -= piece.length;
  }
  return first;
}
