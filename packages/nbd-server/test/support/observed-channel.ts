import type { Co } from '@coaio/coroutine';
import {
  type IOCondition,
  type IOVec,
  iovSize,
  QIOChannel,
  type QIOChannelHandle,
  type QIOChannelPair,
  type ShutdownHow,
} from '@coaio/qio-channel';

/** A channel that remembers how it was written to. */
export class ObservedChannel extends QIOChannel {
  /** Bytes of each write. */
  readonly writes: number[] = [];
  readonly #inner: QIOChannelPair;

  constructor(inner: QIOChannelPair) {
    super('observed');
    this.#inner = inner;
  }

  override get handle(): QIOChannelHandle {
    return this.#inner.handle;
  }

  override readv(iov: IOVec): Co<number> {
    return this.#inner.readv(iov);
  }

  override writev(iov: IOVec): Co<number> {
    return this.#inner.writev(iov);
  }

  override writevAll(iov: IOVec): Co<void> {
    this.writes.push(iovSize(iov));
    return this.#inner.writevAll(iov);
  }

  override tryReadv(iov: IOVec): number {
    return this.#inner.tryReadv(iov);
  }

  override tryWritev(iov: IOVec): number {
    return this.#inner.tryWritev(iov);
  }

  override wakeRead(): void {
    this.#inner.wakeRead();
  }

  override yield(condition: IOCondition): Co<void> {
    return this.#inner.yield(condition);
  }

  override shutdown(how: ShutdownHow): void {
    this.#inner.shutdown(how);
  }

  override close(): void {
    this.#inner.close();
  }
}
