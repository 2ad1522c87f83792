import type { Co } from '@coaio/coroutine';
import { type IOVec, iovDiscardFront, iovSize } from './iovec.js';
import { QIOChannelError } from './qio-channel-error.js';

/** `in`: there is something to read, or the end. `out`: there is room to write. */
export type IOCondition = 'in' | 'out';
export type ShutdownHow = 'read' | 'write' | 'both';
export type QIOChannelFeature = 'shutdown';

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

  protected constructor(name: string) {
    this.name = name;
  }

  /** Reads into `iov`, at least one byte unless the stream has ended; may be short (`qio_channel_readv`). @returns 0 at the end. */
  abstract readv(iov: IOVec): Co<number>;

  /** Writes some of `iov`, at least one byte (`qio_channel_writev`). @returns how many. */
  abstract writev(iov: IOVec): Co<number>;

  /** Waits for `condition` (`qio_channel_yield`). It may come back early: try, and wait again. */
  abstract yield(condition: IOCondition): Co<void>;

  /**
   * Ends one direction or both for good and wakes whoever waits there: readers see the end, writers an error
   * (`qio_channel_shutdown`). This is how to cancel.
   */
  abstract shutdown(how: ShutdownHow): void;

  /** Ends both directions and frees the descriptor (`qio_channel_close`). Again is no error. */
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

  /** Fills `iov` (`qio_channel_readv_all`). @throws QIOChannelError `QIO_CHANNEL_EOF` when the stream ends before. */
  *readvAll(iov: IOVec): Co<void> {
    if (!(yield* this.readvAllEof(iov))) {
      throw new QIOChannelError(
        'QIO_CHANNEL_EOF',
        `${this.name}: read: the peer closed, 0 of ${iovSize(iov)} bytes came`,
      );
    }
  }

  /**
   * Fills `iov`, or finds the stream at its end (`qio_channel_readv_all_eof`).
   *
   * @returns false when it ended before the first byte.
   * @throws QIOChannelError `QIO_CHANNEL_EOF` when it ended later.
   */
  *readvAllEof(iov: IOVec): Co<boolean> {
    const wanted = iovSize(iov);
    let rest: IOVec = iov;
    let got = 0;
    while (got < wanted) {
      const count = yield* this.readv(rest);
      if (count === 0) {
        if (got === 0) return false;
        throw new QIOChannelError(
          'QIO_CHANNEL_EOF',
          `${this.name}: read: the peer closed, ${got} of ${wanted} bytes came`,
        );
      }
      got += count;
      if (got < wanted) rest = iovDiscardFront(rest, count);
    }
    return true;
  }

  /** Writes all of `iov` (`qio_channel_writev_all`). */
  *writevAll(iov: IOVec): Co<void> {
    let left = iovSize(iov);
    let rest: IOVec = iov;
    while (left > 0) {
      const count = yield* this.writev(rest);
      left -= count;
      if (left > 0) rest = iovDiscardFront(rest, count);
    }
  }
}
