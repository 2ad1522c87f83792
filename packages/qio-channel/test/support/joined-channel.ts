import type { Co } from '@coaio/coroutine';
import {
  type IOCondition,
  type IOOptions,
  type IOVec,
  QIOChannel,
  type QIOChannelFeature,
  type QIOChannelHandle,
  type ReadOptions,
  type ShutdownHow,
} from '@coaio/qio-channel';

/** Two channels of one direction each as one of both, as two FIFOs make a connection. */
export class JoinedChannel extends QIOChannel {
  readonly #in: QIOChannel;
  readonly #out: QIOChannel;

  constructor(incoming: QIOChannel, outgoing: QIOChannel) {
    super(`${incoming.name} and ${outgoing.name}`);
    this.#in = incoming;
    this.#out = outgoing;
  }

  /** Of the incoming half: the contract asks for one, a pair of halves has none. */
  override get handle(): QIOChannelHandle {
    return this.#in.handle;
  }

  override readv(iov: IOVec, options?: ReadOptions): Co<number> {
    return this.#in.readv(iov, options);
  }

  override writev(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#out.writev(iov, options);
  }

  override tryReadv(iov: IOVec): number {
    return this.#in.tryReadv(iov);
  }

  override tryWritev(iov: IOVec): number {
    return this.#out.tryWritev(iov);
  }

  override yield(condition: IOCondition, options?: IOOptions): Co<void> {
    return (condition === 'in' ? this.#in : this.#out).yield(condition, options);
  }

  override wakeRead(): void {
    this.#in.wakeRead();
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return this.#in.hasFeature(feature);
  }

  override setFollowCoroutineCtx(enabled: boolean): void {
    this.#in.setFollowCoroutineCtx(enabled);
    this.#out.setFollowCoroutineCtx(enabled);
  }

  override setCork(enabled: boolean): void {
    this.#out.setCork(enabled);
  }

  override shutdown(how: ShutdownHow): void {
    if (how !== 'write') this.#in.shutdown('read');
    if (how !== 'read') this.#out.shutdown('write');
  }

  override close(): void {
    this.#in.close();
    this.#out.close();
  }
}
