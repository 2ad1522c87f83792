import { TrafficSize } from '../traffic-size.js';

const LIMITS = { min: 16 * 1024, max: 256 * 1024, patience: 8 };

/**
 * Memory for what arrives while nobody waits for it. It follows the traffic. 16 KiB to 256 KiB: more saves no time, and an idle
 * connection should cost little.
 */
export class ReceiveBuffer {
  readonly #size = new TrafficSize(LIMITS);
  #bytes: Uint8Array | null = null;

  /** The memory for the next read; what the last one brought must have been taken. */
  get bytes(): Uint8Array {
    if (this.#bytes?.length !== this.#size.bytes) this.#bytes = new Uint8Array(this.#size.bytes);
    return this.#bytes;
  }

  /** A read has brought `count` bytes. */
  adjust(count: number): void {
    this.#size.needed(count);
  }
}
