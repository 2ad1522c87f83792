/**
 * Watches what is allocated by a number while `run` runs: `new Uint8Array(n)`, `new ArrayBuffer(n)`, and what they
 * hand on to their slices. Returns the largest, in bytes. A number out of a length field would show at once.
 */
export class AllocationGuard {
  #largest = 0;
  readonly #bytes = globalThis.Uint8Array;
  readonly #buffer = globalThis.ArrayBuffer;

  install(): void {
    const note = (size: unknown): void => {
      if (typeof size === 'number' && size > this.#largest) this.#largest = size;
    };
    globalThis.Uint8Array = new Proxy(this.#bytes, {
      construct(target, args, newTarget) {
        note(args[0]);
        return Reflect.construct(target, args, newTarget);
      },
    });
    globalThis.ArrayBuffer = new Proxy(this.#buffer, {
      construct(target, args, newTarget) {
        note(args[0]);
        return Reflect.construct(target, args, newTarget);
      },
    });
  }

  remove(): void {
    globalThis.Uint8Array = this.#bytes;
    globalThis.ArrayBuffer = this.#buffer;
  }

  /** The largest since the last call. */
  takeLargest(): number {
    const largest = this.#largest;
    this.#largest = 0;
    return largest;
  }
}
