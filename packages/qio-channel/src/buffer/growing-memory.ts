import { constants } from 'node:buffer';
import type { IOVec } from '../iovec.js';
import { QIOChannelError } from '../qio-channel-error.js';

/** The memory of a buffer channel. What lies behind `usage` is zero: a gap needs no clearing. */
export class GrowingMemory {
  readonly #name: string;
  readonly #limit: number;
  #bytes: Uint8Array;
  #usage = 0;

  constructor(name: string, capacity = 0, limit: number = constants.MAX_LENGTH) {
    this.#name = name;
    this.#limit = limit;
    if (!Number.isSafeInteger(limit) || limit < 0 || limit > constants.MAX_LENGTH) {
      throw this.#refuse(`limit ${limit} is not a whole number in 0 to ${constants.MAX_LENGTH}`);
    }
    if (!Number.isSafeInteger(capacity) || capacity < 0 || capacity > limit) {
      throw this.#refuse(`capacity ${capacity} is not a whole number in 0 to the limit, ${limit}`);
    }
    this.#bytes = this.#allocate(capacity);
  }

  get data(): Uint8Array {
    return this.#bytes.subarray(0, this.#usage);
  }

  get usage(): number {
    return this.#usage;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** All of `iov`, or nothing and an error. */
  write(operation: string, iov: IOVec, position: number, length: number): number {
    if (length === 0) return 0;
    const end = position + length;
    if (end > this.#limit) {
      throw this.#refuse(
        `${operation}: ${length} bytes at ${position} do not fit in its limit of ${this.#limit} bytes`,
      );
    }
    if (end > this.#bytes.length) this.#grow(end);
    let at = position;
    for (const piece of iov) {
      this.#bytes.set(piece, at);
      at += piece.length;
    }
    this.#usage = Math.max(this.#usage, end);
    return length;
  }

  free(): void {
    this.#bytes = new Uint8Array(0);
    this.#usage = 0;
  }

  /** To twice the size at least: n bytes written one by one are copied 2n times at most. */
  #grow(needed: number): void {
    const grown = this.#allocate(Math.min(this.#limit, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.data);
    this.#bytes = grown;
  }

  #allocate(size: number): Uint8Array {
    try {
      return new Uint8Array(size);
    } catch (error) {
      throw this.#refuse(`no memory for ${size} bytes`, error);
    }
  }

  #refuse(reason: string, cause?: unknown): QIOChannelError {
    return new QIOChannelError('QIO_CHANNEL_LIMIT', `${this.#name}: ${reason}`, cause);
  }
}
