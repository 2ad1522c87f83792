import { type IOVec, iovFromBuffer, iovSize } from '../iovec.js';

/** From here on a piece in shared memory is not copied beside others. */
const DIRECT_MIN = 16 * 1024;
const SIZE = 64 * 1024;
const MAX_SIZE = 256 * 1024;

/** A place in memory that the channel's thread can see. */
export interface Place {
  readonly memory: SharedArrayBuffer;
  readonly offset: number;
  readonly length: number;
}

/**
 * Where the bytes of a request are for the channel's thread. Pieces in shared memory stay where they are. What is not shared is copied
 * through memory of the view's own, 64 to 256 KiB at a time.
 */
export class PlacedBytes {
  readonly #reads: boolean;
  #memory: SharedArrayBuffer | null = null;
  #copied = false;

  constructor(reads: boolean) {
    this.#reads = reads;
  }

  /** What is copied through; null: nothing was yet. */
  get memory(): SharedArrayBuffer | null {
    return this.#memory;
  }

  /** The start of `iov`, or all of it. */
  place(iov: IOVec): Place {
    const first = iov.find((piece) => piece.length > 0) as Uint8Array;
    const { buffer } = first;
    this.#copied = !(buffer instanceof SharedArrayBuffer && this.#mayStay(iov, first));
    if (!this.#copied) {
      return { memory: buffer as SharedArrayBuffer, offset: first.byteOffset, length: first.length };
    }
    const size = iovSize(iov);
    const memory = this.#memoryFor(size);
    const length = Math.min(size, memory.byteLength);
    if (!this.#reads) copyStart(iov, new Uint8Array(memory, 0, length));
    return { memory, offset: 0, length };
  }

  /** Brings what was read to its place. */
  deliver(iov: IOVec, count: number): void {
    if (this.#copied && this.#memory !== null) iovFromBuffer(iov, new Uint8Array(this.#memory, 0, count));
  }

  /** Several small pieces are one request together, and not one each. */
  #mayStay(iov: IOVec, first: Uint8Array): boolean {
    return this.#reads || first.length >= DIRECT_MIN || first.length === iovSize(iov);
  }

  #memoryFor(size: number): SharedArrayBuffer {
    const wanted = size > SIZE ? MAX_SIZE : SIZE;
    if (this.#memory === null || this.#memory.byteLength < wanted)
      this.#memory = new SharedArrayBuffer(wanted);
    return this.#memory;
  }
}

function copyStart(iov: IOVec, target: Uint8Array): void {
  let at = 0;
  for (const piece of iov) {
    if (at === target.length) return;
    const part = piece.subarray(0, target.length - at);
    target.set(part, at);
    at += part.length;
  }
}
