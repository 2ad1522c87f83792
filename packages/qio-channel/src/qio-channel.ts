import type { Co } from '@coaio/coroutine';
import { type IOVec, iovDiscardFront, iovSize } from './iovec.js';
import { QIOChannelError } from './qio-channel-error.js';
import { QIOChannelPromises } from './qio-channel-promises.js';
import { assertHandle, type QIOChannelHandle } from './shared/channel-handle.js';
import { ChannelView } from './shared/channel-view.js';
import { WAKEABLE, WHOLE } from './shared/layout.js';
import { localChannels } from './shared/local-channels.js';

export { QIO_CHANNEL_ERR_BLOCK } from './err-block.js';

/** `in`: there is something to read, or the end. `out`: there is room to write. */
export type IOCondition = 'in' | 'out';
export type ShutdownHow = 'read' | 'write' | 'both';
/** `shutdown`: it wakes who waits. `seekable`: it has a position, {@link QIOChannel.seek}. */
export type QIOChannelFeature = 'shutdown' | 'seekable';
/** Where a position is counted from: `SEEK_SET`, `SEEK_CUR`, `SEEK_END`. */
export type SeekWhence = 'set' | 'current' | 'end';

export interface IOOptions {
  /**
   * Ends the wait with the signal's reason. Then nothing of that `readv` or `writev` has been moved: what has been is told by a short
   * count instead. The `All` calls may have moved a part, and the stream goes on after it. What waits with a signal is copied once more.
   */
  signal?: AbortSignal | undefined;
}

export interface ReadOptions extends IOOptions {
  /**
   * {@link QIOChannel.wakeRead} ends the wait: {@link QIO_CHANNEL_ERR_BLOCK} is returned, nothing has been read, and nothing will land in
   * that memory. Unlike a signal it costs no copy. Positioned files wait for the system all the same.
   */
  wakeable?: boolean | undefined;
}

/**
 * A stream of bytes in both directions, for coroutines (QEMU's `QIOChannel`).
 *
 * One coroutine may read while another writes. A second reader, or a second writer, is refused with
 * `QIO_CHANNEL_BUSY`. The memory passed to a call belongs to the channel until the call returns.
 */
export abstract class QIOChannel {
  /** Shown in errors (`qio_channel_set_name`). */
  readonly name: string;
  /** @internal */
  protected followCoroutineCtx = false;
  #promises: QIOChannelPromises | null = null;

  protected constructor(name: string) {
    this.name = name;
  }

  /**
   * The channel that `handle` names: itself in its own thread, a view of it in another. What the view's calls do is in its
   * thread; {@link close} of a view lets go of the channel, which its thread's `close` ends for all. A thread that ends with a view
   * open ends the channel: it may have been in the middle of a message.
   *
   * @throws QIOChannelError `QIO_CHANNEL_BAD_HANDLE`; `QIO_CHANNEL_USERS`: it has 62 views. AioContextError `AIO_BAD_HANDLE`, `AIO_OTHER_MEMORY`.
   */
  static attach(handle: QIOChannelHandle): QIOChannel {
    assertHandle(handle);
    const own = localChannels.get(handle.serve.cell, handle.serve.generation);
    return own instanceof QIOChannel ? own : new AttachedQIOChannel(new ChannelView(handle));
  }

  /** What names the channel in other threads; plain data for `postMessage` and `workerData`. */
  abstract get handle(): QIOChannelHandle;

  /** The same calls for who is in no coroutine. */
  get promises(): QIOChannelPromises {
    this.#promises ??= new QIOChannelPromises(this);
    return this.#promises;
  }

  /** Reads into `iov`, at least one byte unless the stream has ended; may be short (`qio_channel_readv`). @returns 0 at the end. */
  abstract readv(iov: IOVec, options?: ReadOptions): Co<number>;

  /** Writes some of `iov`, at least one byte (`qio_channel_writev`). @returns how many. */
  abstract writev(iov: IOVec, options?: IOOptions): Co<number>;

  /** As {@link readv}, but never waits: {@link QIO_CHANNEL_ERR_BLOCK} instead. */
  abstract tryReadv(iov: IOVec): number;

  /** As {@link writev}, but never waits: {@link QIO_CHANNEL_ERR_BLOCK} instead. */
  abstract tryWritev(iov: IOVec): number;

  /** Waits for `condition` (`qio_channel_yield`). It may come back early: try, and wait again. */
  abstract yield(condition: IOCondition, options?: IOOptions): Co<void>;

  /** Has a {@link yield} for reading and a wakeable `readv` come back early, and any other `readv` look again (`qio_channel_wake_read`). */
  abstract wakeRead(): void;

  /**
   * Ends one direction or both for good and wakes whoever waits there: readers see the end, writers an error
   * (`qio_channel_shutdown`). This is how to cancel. A write that the system has begun on cannot be taken back: to shut writing
   * down under it ends the connection.
   */
  abstract shutdown(how: ShutdownHow): void;

  /**
   * Ends both directions and frees what is behind them (`qio_channel_close`); what writes were told of still leaves, where a `shutdown` of
   * both drops what the system has not taken. Again is no error.
   */
  abstract close(): void;

  hasFeature(_feature: QIOChannelFeature): boolean {
    return false;
  }

  /**
   * Where a waiting coroutine is woken. True: in its own context, whichever that is at each wait. False, the
   * default: in the thread's iohandler context, which no nested poll of another context dispatches.
   */
  setFollowCoroutineCtx(enabled: boolean): void {
    this.followCoroutineCtx = enabled;
  }

  /** Gathers small writes until it is turned off again (`qio_channel_set_cork`). No-op where there is no such thing. */
  setCork(_enabled: boolean): void {}

  /** Lets the system delay small writes to gather them: Nagle's algorithm (`qio_channel_set_delay`). */
  setDelay(_enabled: boolean): void {}

  /**
   * Moves to another position (`qio_channel_io_seek`). @returns it, counted from the start.
   *
   * @throws QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: it is not `seekable`; `QIO_CHANNEL_POSITION`: before the start; `QIO_CHANNEL_BAD_ARGUMENT`: no such `whence`.
   */
  seek(_offset: number, _whence: SeekWhence = 'set'): number {
    throw this.#notSeekable('seek');
  }

  /** Reads at `offset`, and leaves the position where it is (`qio_channel_preadv`). @throws QIOChannelError as {@link seek}. */
  preadv(_iov: IOVec, _offset: number): Co<number> {
    throw this.#notSeekable('preadv');
  }

  /** Writes at `offset`, and leaves the position where it is (`qio_channel_pwritev`). @throws QIOChannelError as {@link seek}. */
  pwritev(_iov: IOVec, _offset: number): Co<number> {
    throw this.#notSeekable('pwritev');
  }

  /** Fills `iov` (`qio_channel_readv_all`). @throws QIOChannelError `QIO_CHANNEL_EOF` when the stream ends before. */
  *readvAll(iov: IOVec, options?: IOOptions): Co<void> {
    if (!(yield* this.readvAllEof(iov, options))) throw this.#ended(0, iovSize(iov));
  }

  /**
   * Fills `iov`, or finds the stream at its end (`qio_channel_readv_all_eof`).
   *
   * @returns false when it ended before the first byte.
   * @throws QIOChannelError `QIO_CHANNEL_EOF` when it ended later.
   */
  readvAllEof(iov: IOVec, options?: IOOptions): Co<boolean> {
    return this.inOneGo('in', () => this.#readParts(iov, options));
  }

  *#readParts(iov: IOVec, options: IOOptions | undefined): Co<boolean> {
    const wanted = iovSize(iov);
    let rest: IOVec = iov;
    let got = 0;
    while (got < wanted) {
      const count = yield* this.readMost(rest, options);
      if (count === 0) {
        if (got === 0) return false;
        throw this.#ended(got, wanted);
      }
      got += count;
      if (got < wanted) rest = iovDiscardFront(rest, count);
    }
    return true;
  }

  /** Writes all of `iov` (`qio_channel_writev_all`). */
  writevAll(iov: IOVec, options?: IOOptions): Co<void> {
    return this.inOneGo('out', () => this.#writeParts(iov, options));
  }

  *#writeParts(iov: IOVec, options: IOOptions | undefined): Co<void> {
    let left = iovSize(iov);
    let rest: IOVec = iov;
    while (left > 0) {
      const count = yield* this.writeMost(rest, options);
      left -= count;
      if (left > 0) rest = iovDiscardFront(rest, count);
    }
  }

  /** @internal A call of several parts, between which no other thread's comes. */
  protected inOneGo<T>(_condition: IOCondition, run: () => Co<T>): Co<T> {
    return run();
  }

  /** @internal As {@link readv}, for who comes back until all is there. */
  protected readMost(iov: IOVec, options?: IOOptions): Co<number> {
    return this.readv(iov, options);
  }

  /** @internal As {@link writev}, for who comes back until all is written. */
  protected writeMost(iov: IOVec, options?: IOOptions): Co<number> {
    return this.writev(iov, options);
  }

  #ended(got: number, wanted: number): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_EOF',
      `${this.name}: read: the peer closed, ${got} of ${wanted} bytes came`,
    );
  }

  #notSeekable(operation: string): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `${this.name}: ${operation}: it has no position`);
  }
}

/** Another thread's channel, from {@link QIOChannel.attach}. */
class AttachedQIOChannel extends QIOChannel {
  readonly #view: ChannelView;

  constructor(view: ChannelView) {
    super(view.handle.name);
    this.#view = view;
  }

  override get handle(): QIOChannelHandle {
    return this.#view.handle;
  }

  override hasFeature(feature: QIOChannelFeature): boolean {
    return feature === 'shutdown' && this.#view.handle.features.includes(feature);
  }

  override readv(iov: IOVec, options?: ReadOptions): Co<number> {
    const kind = options?.wakeable === true ? WAKEABLE : 0;
    return this.#view.transfer('in', iov, this.followCoroutineCtx, kind, options);
  }

  override writev(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#view.transfer('out', iov, this.followCoroutineCtx, 0, options);
  }

  protected override inOneGo<T>(condition: IOCondition, run: () => Co<T>): Co<T> {
    return this.#view.inOneGo(condition, run);
  }

  protected override readMost(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#view.transfer('in', iov, this.followCoroutineCtx, WHOLE, options);
  }

  protected override writeMost(iov: IOVec, options?: IOOptions): Co<number> {
    return this.#view.transfer('out', iov, this.followCoroutineCtx, WHOLE, options);
  }

  /** Only its own thread knows what it can do at once. */
  override tryReadv(): number {
    throw this.#unsupported('tryReadv');
  }

  override tryWritev(): number {
    throw this.#unsupported('tryWritev');
  }

  override yield(condition: IOCondition, options?: IOOptions): Co<void> {
    return this.#view.wait(condition, this.followCoroutineCtx, options);
  }

  override wakeRead(): void {
    this.#view.wakeRead();
  }

  override shutdown(how: ShutdownHow): void {
    this.#view.shutdown(how);
  }

  override close(): void {
    this.#view.close();
  }

  #unsupported(operation: string): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_UNSUPPORTED',
      `${this.name}: ${operation}: it belongs to another thread, which would have to be waited for`,
    );
  }
}
