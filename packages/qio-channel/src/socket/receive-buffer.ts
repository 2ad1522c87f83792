const MIN_SIZE = 16 * 1024;
const MAX_SIZE = 256 * 1024;

/**
 * Memory for what arrives while nobody waits for it. It follows the traffic: a read that fills it doubles it, eight in a row that need
 * a quarter at most halve it. 16 KiB to 256 KiB: more saves no time, and an idle connection should cost little.
 */
export class ReceiveBuffer {
  #bytes: Uint8Array | null = null;
  #size = MIN_SIZE;
  #small = 0;

  /** The memory for the next read; what the last one brought must have been taken. */
  get bytes(): Uint8Array {
    if (this.#bytes?.length !== this.#size) this.#bytes = new Uint8Array(this.#size);
    return this.#bytes;
  }

  /** A read has brought `count` bytes. */
  adjust(count: number): void {
    if (count === this.#size) {
      this.#size = Math.min(this.#size * 2, MAX_SIZE);
      this.#small = 0;
    } else if (count > this.#size / 4) {
      this.#small = 0;
    } else if (++this.#small === 8) {
      this.#size = Math.max(this.#size / 2, MIN_SIZE);
      this.#small = 0;
    }
  }
}
