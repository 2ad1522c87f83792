/** Memory that is kept for the next payloads. While more is in use as much as that is kept: a slow backend would have all of it made anew. */
const KEEP_MAX = 16 * 1024 * 1024;

/** Memory that no payload is in, of all connections of a server, by its size. */
export class FreeMemory {
  readonly #free = new Map<number, Uint8Array[]>();
  #keptBytes = 0;
  #usedBytes = 0;

  take(size: number): Uint8Array | undefined {
    const memory = this.#free.get(size)?.pop();
    if (memory !== undefined) this.#keptBytes -= size;
    return memory;
  }

  /** A payload is in memory of that size until {@link release}. */
  use(size: number): void {
    this.#usedBytes += size;
  }

  /** Memory of that size that was in use does not come back. */
  lose(size: number): void {
    this.#usedBytes -= size;
  }

  release(memory: Uint8Array): void {
    const size = memory.length;
    this.#usedBytes -= size;
    const most = Math.max(KEEP_MAX, this.#usedBytes);
    if (this.#keptBytes > most) {
      this.#free.clear();
      this.#keptBytes = 0;
    }
    if (this.#keptBytes + size > most) return;
    this.#keptBytes += size;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [memory]);
    else free.push(memory);
  }
}
