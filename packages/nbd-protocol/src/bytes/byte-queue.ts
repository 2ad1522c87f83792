import { NEED_MORE, type NeedMore } from '../need-more.js';

const EMPTY = new Uint8Array(0);

/**
 * Bytes of a handshake that have arrived and were not yet read. Grows by what arrives, never by what a length
 * field claims. In: `append()`. Out: `peek()`, `take()`, `skip()`, and `rest()` at the end.
 */
export class ByteQueue {
  #bytes = EMPTY;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies, so the caller may reuse its buffer. */
  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** A view of the first `count` bytes, which stay; valid until the next call that changes the queue. */
  peek(count: number): DataView | NeedMore {
    if (this.length < count) return NEED_MORE;
    return new DataView(this.#bytes.buffer, this.#start, count);
  }

  /** The first `count` bytes as a copy of their own. */
  take(count: number): Uint8Array | NeedMore {
    if (this.length < count) return NEED_MORE;
    const taken = this.#bytes.slice(this.#start, this.#start + count);
    this.skip(count);
    return taken;
  }

  /** Drops up to `count` bytes and says how many there were. */
  skip(count: number): number {
    const skipped = Math.min(count, this.length);
    this.#start += skipped;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    return skipped;
  }

  /** Everything that is left; the queue is empty afterwards. */
  rest(): Uint8Array {
    const rest = this.#bytes.slice(this.#start, this.#end);
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
    return rest;
  }

  #makeRoom(count: number): void {
    const needed = this.length + count;
    // Doubling keeps a peer that drips single bytes from making every append a copy of all.
    const target = needed > this.#bytes.length / 2 ? new Uint8Array(needed * 2) : this.#bytes;
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#end = this.length;
    this.#start = 0;
  }
}
