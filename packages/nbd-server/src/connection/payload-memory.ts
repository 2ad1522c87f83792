import type { Co } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK, type ReadWindow } from '@coaio/qio-channel';
import type { FreeMemory } from '../free-memory.js';
import type { ReadGate } from './read-gate.js';

const SMALLEST = 4096;
/** From this size on a payload is read straight to its memory, not by way of the window. */
const LARGE = 32 * 1024;
/** What is read beyond a large payload: the headers that follow come with it. */
const AHEAD = 1024;
/** Up to this size a payload gets its memory when it is announced. A longer one has to arrive to grow. */
const EAGER_MAX = 256 * 1024 + AHEAD;
const NO_BYTES = new Uint8Array(0);

/** Memory for the payloads of writes, in sizes of powers of two, used again and again. */
export class PayloadMemory {
  readonly #window: ReadWindow;
  readonly #gate: ReadGate;
  readonly #free: FreeMemory;
  #lastWasLarge = false;

  constructor(window: ReadWindow, gate: ReadGate, free: FreeMemory) {
    this.#window = window;
    this.#gate = gate;
    this.#free = free;
  }

  /** The most to read for the next header: after a large payload comes, most likely, another one. */
  nextHeaderLimit(): number | undefined {
    const limit = this.#lastWasLarge ? AHEAD : undefined;
    this.#lastWasLarge = false;
    return limit;
  }

  /** Whether a payload is so long that it is read straight to the backend's memory. A shorter one comes with others, and is copied. */
  lands(length: number): boolean {
    return this.#window.readsDirectly(length);
  }

  /** Whether a payload is in the window already. A large one is for {@link receive} in any case. */
  hasArrived(length: number): boolean {
    return length < LARGE && this.#window.available >= length;
  }

  /** As {@link receive}, for one that {@link hasArrived}. */
  takeArrived(length: number): Uint8Array {
    const memory = this.#take(capacityFor(length));
    this.#free.use(memory.length);
    const payload = length === memory.length ? memory : memory.subarray(0, length);
    this.#window.copyTo(payload);
    return payload;
  }

  /**
   * Reads a payload of `length` bytes, which is the caller's until {@link release}.
   * @returns null when the stream ended before.
   */
  *receive(length: number): Co<Uint8Array | null> {
    this.#lastWasLarge = length >= LARGE;
    if (this.#lastWasLarge) return yield* this.#receiveLarge(length);
    const payload = this.#take(capacityFor(length)).subarray(0, length);
    if (!(yield* this.#window.take(payload))) return null;
    this.#free.use(payload.buffer.byteLength);
    return payload;
  }

  /**
   * Reads a payload that {@link lands} to where it belongs, until the gate is interrupted.
   * @returns how many bytes are there; null when the stream ended before.
   */
  *receiveInto(target: Uint8Array): Co<number | null> {
    this.#lastWasLarge = true;
    const window = this.#window;
    const gate = this.#gate;
    const { interruptions } = gate;
    const { length } = target;
    let done = window.copyTo(target);
    while (done < length) {
      const count = yield* gate.readvUninterrupted([target.subarray(done)], interruptions);
      if (count === 0) return null;
      if (count === QIO_CHANNEL_ERR_BLOCK) return done;
      done += count;
    }
    return done;
  }

  /** As {@link receive}, of a large payload that begins with `start`, which is copied. */
  receiveRest(start: Uint8Array, length: number): Co<Uint8Array | null> {
    return this.#receiveLarge(length, start);
  }

  /** @param size of its memory: a backend may have transferred that to another thread, and nothing is left of it. */
  release(payload: Uint8Array, size: number): void {
    const { buffer } = payload;
    if (buffer.byteLength !== size) this.#free.lose(size);
    else this.#free.release(payload.length === size ? payload : new Uint8Array(buffer));
  }

  *#receiveLarge(length: number, start: Uint8Array = NO_BYTES): Co<Uint8Array | null> {
    const window = this.#window;
    const capacity = capacityFor(length);
    const eager = start.length > 0 ? capacity : Math.min(capacity, EAGER_MAX);
    let memory = this.#free.take(capacity) ?? new Uint8Array(eager);
    memory.set(start);
    let done = start.length + window.copyTo(memory.subarray(start.length, length));
    while (done < length) {
      if (done === memory.length) memory = grown(memory, capacity);
      const count = yield* this.#gate.readv([memory.subarray(done, length + AHEAD)]);
      if (count === 0) return null;
      done += count;
    }
    // The window is empty, or the loop would not have begun.
    if (done > length) window.put(memory.subarray(length, done));
    this.#free.use(memory.length);
    return memory.subarray(0, length);
  }

  #take(capacity: number): Uint8Array {
    return this.#free.take(capacity) ?? new Uint8Array(capacity);
  }
}

function capacityFor(length: number): number {
  if (length <= SMALLEST) return SMALLEST;
  return 2 ** (32 - Math.clz32(length - 1)) + (length >= LARGE ? AHEAD : 0);
}

function grown(memory: Uint8Array, capacity: number): Uint8Array {
  // A size that others ask for too: it is used again.
  const larger = new Uint8Array(Math.min(capacity, capacityFor((memory.length - AHEAD) * 2)));
  larger.set(memory);
  return larger;
}
