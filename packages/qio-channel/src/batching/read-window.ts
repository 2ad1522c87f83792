import type { Co } from '@coaio/coroutine';
import type { QIOChannel } from '../qio-channel.js';

const DEFAULT_SIZE = 256 * 1024;
/** From this many missing bytes on, a payload is read straight to its place. Below, one more read would cost more than the copy. */
const DIRECT_READ_MIN = 16 * 1024;

/**
 * A window on the bytes that a channel delivers, for decoders that want many small things from one read.
 * What has been read and not consumed is `bytes[at..end)`; a decoder moves `at`.
 */
export class ReadWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;
  end = 0;
  readonly #channel: QIOChannel;

  constructor(channel: QIOChannel, size = DEFAULT_SIZE) {
    this.#channel = channel;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** How many bytes are there to consume. */
  get available(): number {
    return this.end - this.at;
  }

  /** Adds what one read of at most `limit` bytes brings. May move what is in the window. @returns 0 at the end of the stream. */
  *fill(limit = this.bytes.length): Co<number> {
    if (this.at === this.end) {
      this.at = 0;
      this.end = 0;
    } else if (this.at > this.bytes.length / 2 || this.end === this.bytes.length) {
      this.bytes.copyWithin(0, this.at, this.end);
      this.end -= this.at;
      this.at = 0;
    }
    const count = yield* this.#channel.readv([
      this.bytes.subarray(this.end, Math.min(this.end + limit, this.bytes.length)),
    ]);
    this.end += count;
    return count;
  }

  /** Copies what is here of `target.length` bytes to its start. @returns how many. */
  copyTo(target: Uint8Array): number {
    const count = Math.min(target.length, this.available);
    target.set(this.bytes.subarray(this.at, this.at + count));
    this.at += count;
    return count;
  }

  /** Consumes `target.length` bytes into `target`; a long rest is read straight there. @returns false when the stream ended before. */
  *take(target: Uint8Array): Co<boolean> {
    let done = this.copyTo(target);
    while (done < target.length) {
      const missing = target.subarray(done);
      if (missing.length >= DIRECT_READ_MIN) {
        const count = yield* this.#channel.readv([missing]);
        if (count === 0) return false;
        done += count;
      } else {
        if ((yield* this.fill()) === 0) return false;
        done += this.copyTo(missing);
      }
    }
    return true;
  }

  /** Consumes `count` bytes. @returns false when the stream ended before. */
  *skip(count: number): Co<boolean> {
    let left = count;
    for (;;) {
      const here = Math.min(left, this.available);
      this.at += here;
      left -= here;
      if (left === 0) return true;
      if ((yield* this.fill()) === 0) return false;
    }
  }
}
