import type { Co } from '@coaio/coroutine';
import type { QIOChannel } from '../qio-channel.js';
import { QIOChannelError } from '../qio-channel-error.js';
import { TrafficSize } from '../traffic-size.js';

const MIN_SIZE = 16 * 1024;
const DEFAULT_MAX_SIZE = 256 * 1024;
/** Reads in a row that need little before it shrinks: new memory costs as much as some reads. */
const PATIENCE = 32;
/**
 * From this size on a payload is read straight to its place. Below, the copy costs less than the reads that it saves: one brings several headers
 * and payloads (over a Unix socket 2.5x as many replies of 32 KiB a second, 1.3x of 128 KiB, 0.8x of 256 KiB).
 */
const DIRECT_READ_MIN = 160 * 1024;
/** After such a payload the next read asks for little: most likely another one follows, and is to land in its place, not here. */
const HEADERS_ONLY = 4096;

/** What a window reads from. */
export type ReadSource = Pick<QIOChannel, 'name' | 'readv'>;

/**
 * A window on the bytes that a channel delivers, for decoders that want many small things from one read.
 * What has been read and not consumed is `bytes[at..end)`; a decoder moves `at`.
 *
 * Its memory follows the traffic, from 16 KiB to `maxSize` bytes: {@link fill}, {@link take}, {@link skip} and {@link put} may replace
 * `bytes` and `view`, so nobody keeps them over such a call.
 */
export class ReadWindow {
  at = 0;
  end = 0;
  readonly #channel: ReadSource;
  readonly #size: TrafficSize;
  #bytes: Uint8Array;
  #view: DataView;
  #received = 0;
  #lastWasDirect = false;

  constructor(channel: ReadSource, maxSize = DEFAULT_MAX_SIZE) {
    this.#channel = channel;
    this.#size = new TrafficSize({ min: MIN_SIZE, max: maxSize, patience: PATIENCE });
    this.#bytes = new Uint8Array(this.#size.bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** All bytes that the channel has delivered through this window. */
  get received(): number {
    return this.#received;
  }

  /** How many bytes are there to consume. */
  get available(): number {
    return this.end - this.at;
  }

  /** Puts `bytes`, read elsewhere, behind what is in the window. */
  put(bytes: Uint8Array): void {
    const { available } = this;
    if (this.end + bytes.length > this.#bytes.length)
      this.#move(Math.max(this.#bytes.length, available + bytes.length));
    this.#bytes.set(bytes, this.end);
    this.end += bytes.length;
  }

  /**
   * Adds what one read of at most `limit` bytes brings; default: what there is room for, a few after a large payload. May move what is in the window.
   *
   * @returns 0 at the end of the stream.
   * @throws QIOChannelError `QIO_CHANNEL_LIMIT`: the window is full, and as large as it may be: something has to be consumed first.
   */
  *fill(limit = this.#lastWasDirect ? HEADERS_ONLY : Number.POSITIVE_INFINITY): Co<number> {
    this.#lastWasDirect = false;
    this.#makeRoom();
    const room = this.#bytes.length - this.end;
    if (room === 0) throw this.#full();
    const count = yield* this.#channel.readv([
      this.#bytes.subarray(this.end, this.end + Math.min(limit, room)),
    ]);
    this.end += count;
    this.#received += count;
    // The window was full to its end: with more room more might have come.
    if (count === room) this.#size.grow();
    else this.#size.needed(count);
    return count;
  }

  /** A read into no memory would give 0, which is the end. */
  #full(): QIOChannelError {
    return new QIOChannelError(
      'QIO_CHANNEL_LIMIT',
      `${this.#channel.name}: fill: its window is full, of ${this.available} bytes`,
    );
  }

  #makeRoom(): void {
    const { available } = this;
    // A decoder needs more than there is.
    while (available >= this.#size.bytes && this.#size.grow());
    const size = this.#size.bytes;
    if (size !== this.#bytes.length && available < size) this.#move(size);
    else if (available === 0) {
      this.at = 0;
      this.end = 0;
    } else if (this.at > this.#bytes.length / 2 || this.end === this.#bytes.length)
      this.#move(this.#bytes.length);
  }

  /** To the start, in memory of `size` bytes. */
  #move(size: number): void {
    const { available } = this;
    if (size === this.#bytes.length) this.#bytes.copyWithin(0, this.at, this.end);
    else {
      const unconsumed = this.#bytes.subarray(this.at, this.end);
      this.#bytes = new Uint8Array(size);
      this.#bytes.set(unconsumed);
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.at = 0;
    this.end = available;
  }

  /** Whether {@link take} reads the rest of that many bytes straight to its place. */
  readsDirectly(length: number): boolean {
    return length >= DIRECT_READ_MIN;
  }

  /** Copies what is here of `target.length` bytes to its start. @returns how many. */
  copyTo(target: Uint8Array): number {
    this.#lastWasDirect = this.readsDirectly(target.length);
    const count = Math.min(target.length, this.available);
    target.set(this.#bytes.subarray(this.at, this.at + count));
    this.at += count;
    return count;
  }

  /** Consumes `target.length` bytes into `target`; of many the rest is read straight there. @returns false when the stream ended before. */
  *take(target: Uint8Array): Co<boolean> {
    let done = this.copyTo(target);
    const direct = this.#lastWasDirect;
    while (done < target.length) {
      const missing = target.subarray(done);
      if (direct) {
        const count = yield* this.#channel.readv([missing]);
        if (count === 0) return false;
        this.#received += count;
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
