import type { Co } from '@coaio/coroutine';
import { DirectionWaiter } from '../direction-waiter.js';
import { type IOVec, iovFromBuffer } from '../iovec.js';

/** For what arrives while no reader waits. Reading stops once something is in it. */
const OVERFLOW_SIZE = 64 * 1024;

/**
 * Where the bytes of a socket land: in the memory of the coroutine that waits to read, without a copy, or in an
 * overflow buffer if none waits. The event loop asks for the place before each read.
 */
export class Landing {
  readonly #waiter: DirectionWaiter;
  readonly #resume: () => void;
  #target: Uint8Array | null = null;
  #landed = 0;
  #overflow: Uint8Array | null = null;
  #unread: Uint8Array | null = null;
  #end: { error: Error | null } | null = null;
  #reading = true;

  /** @param resume makes the event loop read again, after {@link land} has told it to stop. */
  constructor(channelName: string, resume: () => void) {
    this.#waiter = new DirectionWaiter(channelName, 'read');
    this.#resume = resume;
  }

  /** The memory for the next read. */
  place(): Uint8Array {
    if (this.#target !== null) return this.#target;
    this.#overflow ??= new Uint8Array(OVERFLOW_SIZE);
    return this.#overflow;
  }

  /** `count` bytes have arrived at the start of `place`. @returns whether to go on reading. */
  land(count: number, place: Uint8Array): boolean {
    // Not a test for "somebody waits": the place was asked for before, the waiter may have come since.
    if (place === this.#target) {
      this.#landed = count;
      this.#target = null;
    } else this.#unread = place.subarray(0, count);
    this.#waiter.wake('event');
    this.#reading = this.#waiter.waiting;
    return this.#reading;
  }

  /** Nothing more will come. What has landed can still be read; then the reader sees the end, or `error`. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#waiter.wake();
  }

  /** Waits until {@link read} will not wait. */
  *ready(follow: boolean): Co<void> {
    this.#waiter.assertFree();
    if (this.#unread !== null || this.#end !== null) return;
    this.#restart();
    yield* this.#waiter.wait(follow);
  }

  *read(iov: IOVec, follow: boolean): Co<number> {
    this.#waiter.assertFree();
    const target = iov.find((piece) => piece.length > 0);
    if (target === undefined) return 0;
    for (;;) {
      if (this.#unread !== null) return this.#takeUnread(iov, this.#unread);
      if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error;
        return 0;
      }
      this.#target = target;
      this.#restart();
      try {
        yield* this.#waiter.wait(follow);
      } finally {
        this.#target = null;
      }
      if (this.#landed > 0) {
        const landed = this.#landed;
        this.#landed = 0;
        return landed;
      }
    }
  }

  #takeUnread(iov: IOVec, unread: Uint8Array): number {
    const count = iovFromBuffer(iov, unread);
    this.#unread = count < unread.length ? unread.subarray(count) : null;
    return count;
  }

  #restart(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#resume();
  }
}
