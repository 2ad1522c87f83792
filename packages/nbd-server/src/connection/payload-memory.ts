import type { Co } from '@coaio/coroutine';
import type { ReadWindow } from '@coaio/qio-channel';

const SMALLEST = 4096;
/** Up to this size a payload gets its memory when it is announced. A longer one has to arrive to grow. */
const EAGER_MAX = 256 * 1024;
/** Memory that a connection keeps for its next writes. */
const KEEP_MAX = 4 * 1024 * 1024;

/** Memory for the payloads of writes, in sizes of powers of two, used again and again. */
export class PayloadMemory {
  readonly #free = new Map<number, Uint8Array[]>();
  #keptBytes = 0;

  /**
   * Reads a payload of `length` bytes, which is the caller's until {@link release}.
   * @returns null when the stream ended before.
   */
  *receive(window: ReadWindow, length: number): Co<Uint8Array | null> {
    const size = sizeClass(length);
    let memory = this.#takeFree(size) ?? new Uint8Array(Math.min(size, EAGER_MAX));
    let done = 0;
    for (;;) {
      const end = Math.min(length, memory.length);
      if (!(yield* window.take(memory.subarray(done, end)))) return null;
      if (end === length) return length === memory.length ? memory : memory.subarray(0, length);
      const larger = new Uint8Array(memory.length * 2);
      larger.set(memory);
      memory = larger;
      done = end;
    }
  }

  /** As {@link receive}, for a payload that is in the window already. @returns null when it is not. */
  takeArrived(window: ReadWindow, length: number): Uint8Array | null {
    if (length > EAGER_MAX || window.available < length) return null;
    const size = sizeClass(length);
    const memory = this.#takeFree(size) ?? new Uint8Array(size);
    const payload = length === size ? memory : memory.subarray(0, length);
    window.copyTo(payload);
    return payload;
  }

  release(payload: Uint8Array): void {
    const size = payload.buffer.byteLength;
    if (this.#keptBytes + size > KEEP_MAX) return;
    this.#keptBytes += size;
    const memory = payload.length === size ? payload : new Uint8Array(payload.buffer);
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [memory]);
    else free.push(memory);
  }

  #takeFree(size: number): Uint8Array | undefined {
    const memory = this.#free.get(size)?.pop();
    if (memory !== undefined) this.#keptBytes -= size;
    return memory;
  }
}

function sizeClass(length: number): number {
  return length <= SMALLEST ? SMALLEST : 2 ** (32 - Math.clz32(length - 1));
}
