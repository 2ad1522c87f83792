import { type Co, coSelf } from '@coaio/coroutine';
import { DirectionWaiter } from './direction-waiter.js';
import { type IOVec, iovIsEmpty } from './iovec.js';
import {
  type IOCondition,
  type IOOptions,
  QIO_CHANNEL_ERR_BLOCK,
  QIOChannel,
  type QIOChannelFeature,
  type ReadOptions,
  type ShutdownHow,
} from './qio-channel.js';
import type { QIOChannelHandle } from './shared/channel-handle.js';
import { ChannelShare } from './shared/channel-share.js';
import type { ShareableChannel } from './shared/shareable-channel.js';

const FEATURES: readonly QIOChannelFeature[] = ['shutdown', 'seekable'];

/**
 * A channel whose bytes are moved in this thread: the base of those that do it (QEMU's `QIOChannelClass`). The calls and their
 * waits are here; a channel says what it can do at once, and wakes {@link reader} and {@link writer} when that has changed.
 */
export abstract class LocalQIOChannel extends QIOChannel implements ShareableChannel {
  protected readonly reader: DirectionWaiter;
  protected readonly writer: DirectionWaiter;
  #share: ChannelShare | null = null;
  #failure: Error | null = null;
  #closed = false;

  protected constructor(name: string) {
    super(name);
    this.reader = new DirectionWaiter(name, 'read');
    this.writer = new DirectionWaiter(name, 'write');
  }

  /** Reads now (`io_readv`); `iov` has room. @returns 0 at the end, QIO_CHANNEL_ERR_BLOCK: it has to be waited for. */
  protected abstract ioReadv(iov: IOVec): number;

  /** Writes now (`io_writev`); `iov` has bytes. @returns how many, at least one, or QIO_CHANNEL_ERR_BLOCK. */
  protected abstract ioWritev(iov: IOVec): number;

  /** Whether a read, or a write, would not wait: it also may find the end, or fail. */
  protected abstract ioReady(condition: IOCondition): boolean;

  /**
   * Somebody is about to wait for `condition`, or has tried and will try again (`io_set_aio_fd_handler`). With `iov` a `readv` or `writev`
   * waits: its bytes may be moved meanwhile, and {@link ioReadv} or {@link ioWritev} then tells how many were. `abortable`: its memory may
   * go back to the caller at any moment, so what is taken of it must be copied, and nothing may land in it later.
   */
  protected ioWatch(_condition: IOCondition, _iov: IOVec | null, _abortable: boolean): void {}

  /** The wait is over, however it ended: memory given to {@link ioWatch} must not be touched any more. */
  protected ioUnwatch(_condition: IOCondition): void {}

  /** The wait was aborted. @returns how many bytes were moved during it all the same. */
  protected ioAbandon(_condition: IOCondition): number {
    return 0;
  }

  /** What the next read, or write, would fail with; null: nothing yet, or it would find the end. */
  protected ioError(_condition: IOCondition): Error | null {
    return null;
  }

  protected abstract ioShutdown(how: ShutdownHow): void;
  protected abstract ioClose(): void;

  override get handle(): QIOChannelHandle {
    if (this.#share === null) {
      this.#share = new ChannelShare(
        this,
        FEATURES.filter((feature) => this.hasFeature(feature)),
      );
      this.ioShared(this.#share);
      if (this.#closed) this.#share.closed();
    }
    return this.#share.handle;
  }

  /** Other threads may use the channel from now on. A descriptor must be closed through the share. */
  protected ioShared(_share: ChannelShare): void {}

  override readv(iov: IOVec, options?: ReadOptions): Co<number> {
    return this.#move('in', iov, options?.signal, options?.wakeable === true);
  }

  override writev(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#move('out', iov, options?.signal, false);
  }

  /** @internal */
  protected override inOneGo<T>(condition: IOCondition, run: () => Co<T>): Co<T> {
    return this.#share === null ? run() : this.#share.transfer(condition, run);
  }

  override tryReadv(iov: IOVec): number {
    return this.#share === null ? this.#try('in', iov) : this.#share.try('in', () => this.#try('in', iov));
  }

  override tryWritev(iov: IOVec): number {
    return this.#share === null ? this.#try('out', iov) : this.#share.try('out', () => this.#try('out', iov));
  }

  override *yield(condition: IOCondition, options?: IOOptions): Co<void> {
    const run = (): Co<number> => this.#wait(condition, options?.signal);
    yield* this.#share === null ? run() : this.#share.transfer(condition, run);
  }

  override wakeRead(): void {
    this.reader.wake();
  }

  override shutdown(how: ShutdownHow): void {
    this.ioShutdown(how);
    if (how !== 'write') this.reader.wake();
    if (how !== 'read') this.writer.wake();
    this.#share?.refresh();
  }

  override close(): void {
    this.#closed = true;
    this.ioClose();
    this.reader.wake();
    this.writer.wake();
    this.#share?.closed();
  }

  /** @internal */
  transferFor(condition: IOCondition, iov: IOVec, abortable: boolean, wakeable = false): Co<number> {
    return this.#transfer(condition, iov, undefined, abortable, wakeable);
  }

  /** @internal */
  waitFor(condition: IOCondition): Co<number> {
    return this.#wait(condition, undefined);
  }

  /** @internal */
  cancelWait(condition: IOCondition): void {
    this.#waiterFor(condition).cancel();
  }

  /** @internal */
  fail(error: Error): void {
    this.#failure ??= error;
    this.close();
  }

  /** @internal */
  endedWith(condition: IOCondition): Error | null {
    return this.#failure ?? this.ioError(condition);
  }

  /** @internal */
  descriptorForOthers(): number {
    return -1;
  }

  /** @returns 0, or QIO_CHANNEL_ERR_BLOCK: somebody without a signal ended the wait. */
  *#wait(condition: IOCondition, signal: AbortSignal | undefined): Co<number> {
    const waiter = this.#waiterFor(condition);
    waiter.assertFree();
    // Outside a coroutine nothing must begin.
    coSelf();
    signal?.throwIfAborted();
    if (this.ioReady(condition)) return 0;
    this.ioWatch(condition, null, false);
    let aborted: boolean;
    try {
      aborted = yield* waiter.wait(this.followCoroutineCtx, signal);
    } finally {
      this.ioUnwatch(condition);
    }
    if (!aborted) return 0;
    if (signal === undefined) return QIO_CHANNEL_ERR_BLOCK;
    throw signal.reason;
  }

  #move(condition: IOCondition, iov: IOVec, signal: AbortSignal | undefined, wakeable: boolean): Co<number> {
    const abortable = signal !== undefined;
    const share = this.#share;
    if (share === null) return this.#transfer(condition, iov, signal, abortable, wakeable);
    return share.transfer(condition, () => this.#transfer(condition, iov, signal, abortable, wakeable));
  }

  *#transfer(
    condition: IOCondition,
    iov: IOVec,
    signal: AbortSignal | undefined,
    abortable: boolean,
    wakeable: boolean,
  ): Co<number> {
    const waiter = this.#waiterFor(condition);
    waiter.assertFree();
    // Outside a coroutine nothing must begin.
    coSelf();
    signal?.throwIfAborted();
    if (iovIsEmpty(iov)) return 0;
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const count = condition === 'in' ? this.ioReadv(iov) : this.ioWritev(iov);
      if (count !== QIO_CHANNEL_ERR_BLOCK) return count;
      this.ioWatch(condition, iov, abortable);
      let aborted: boolean;
      try {
        aborted = yield* waiter.wait(this.followCoroutineCtx, signal);
        if (aborted || (wakeable && !this.ioReady(condition))) {
          const taken = this.ioAbandon(condition);
          if (taken > 0) return taken;
          if (!aborted || signal === undefined) return QIO_CHANNEL_ERR_BLOCK;
          throw signal.reason;
        }
      } finally {
        this.ioUnwatch(condition);
      }
    }
  }

  #try(condition: IOCondition, iov: IOVec): number {
    this.#waiterFor(condition).assertFree();
    if (iovIsEmpty(iov)) return 0;
    if (this.#failure !== null) throw this.#failure;
    const count = condition === 'in' ? this.ioReadv(iov) : this.ioWritev(iov);
    if (count !== QIO_CHANNEL_ERR_BLOCK) return count;
    if (condition === 'in') {
      this.ioWatch('in', null, false);
      return QIO_CHANNEL_ERR_BLOCK;
    }
    // A wait that is given up at once: only a channel that has taken something can tell when there is room again.
    this.ioWatch('out', iov, true);
    const taken = this.ioAbandon('out');
    this.ioUnwatch('out');
    return taken > 0 ? taken : QIO_CHANNEL_ERR_BLOCK;
  }

  #waiterFor(condition: IOCondition): DirectionWaiter {
    return condition === 'in' ? this.reader : this.writer;
  }
}
