import type { ConnectionLimit } from '../serve-channel-options.js';

/** Word of the clients of all threads. Those of thread `n` are in word `1 + n`. */
const ALL = 0;

export interface SharedLimitHandle {
  readonly memory: SharedArrayBuffer;
  readonly max: number;
}

/** One limit for the clients of several threads. */
export class SharedConnectionLimit implements ConnectionLimit {
  readonly max: number;
  readonly #words: Int32Array;
  readonly #own: number;

  static handleFor(threads: number, max: number): SharedLimitHandle {
    return { memory: new SharedArrayBuffer((1 + threads) * Int32Array.BYTES_PER_ELEMENT), max };
  }

  /** What thread `index` held is free again. */
  static release({ memory }: SharedLimitHandle, index: number): void {
    const words = new Int32Array(memory);
    Atomics.sub(words, ALL, Atomics.exchange(words, 1 + index, 0));
  }

  constructor({ memory, max }: SharedLimitHandle, index: number) {
    this.#words = new Int32Array(memory);
    this.#own = 1 + index;
    this.max = max;
  }

  enter(): boolean {
    // Compared and counted in one step: two who come at once must not both get the last place, nor both be refused.
    for (let count = Atomics.load(this.#words, ALL); count < this.max; ) {
      const before = Atomics.compareExchange(this.#words, ALL, count, count + 1);
      if (before === count) {
        Atomics.add(this.#words, this.#own, 1);
        return true;
      }
      count = before;
    }
    return false;
  }

  leave(): void {
    Atomics.sub(this.#words, this.#own, 1);
    Atomics.sub(this.#words, ALL, 1);
  }
}
