/**
 * How much memory reads should have, powers of two: a read that fills it doubles it, so many in a row that need a quarter at most
 * halve it.
 */
export class TrafficSize {
  readonly #min: number;
  readonly #max: number;
  readonly #patience: number;
  #bytes: number;
  #small = 0;

  constructor(limits: { min: number; max: number; patience: number }) {
    this.#min = Math.min(limits.min, limits.max);
    this.#max = limits.max;
    this.#patience = limits.patience;
    this.#bytes = this.#min;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** So much was needed. */
  needed(count: number): void {
    if (count >= this.#bytes) this.grow();
    else if (count > this.#bytes / 4) this.#small = 0;
    else if (++this.#small === this.#patience) {
      this.#bytes = Math.max(this.#bytes / 2, this.#min);
      this.#small = 0;
    }
  }

  /** It was too little. @returns whether it may be more. */
  grow(): boolean {
    this.#small = 0;
    if (this.#bytes === this.#max) return false;
    this.#bytes = Math.min(this.#bytes * 2, this.#max);
    return true;
  }
}
