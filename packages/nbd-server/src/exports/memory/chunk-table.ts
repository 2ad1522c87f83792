/** Chunks in one group: with chunks of 1 MiB, 8 TiB have 8192 groups, and nothing to look through where they are missing. */
const GROUP = 1024;

/** Chunks of memory by number, most of which may be missing. */
export class ChunkTable {
  readonly #groups: (Uint8Array | undefined)[][] = [];

  get(index: number): Uint8Array | undefined {
    const group = Math.floor(index / GROUP);
    return this.#groups[group]?.[index - group * GROUP];
  }

  set(index: number, chunk: Uint8Array): void {
    const group = Math.floor(index / GROUP);
    this.#groups[group] ??= new Array<Uint8Array | undefined>(GROUP).fill(undefined);
    this.#groups[group][index - group * GROUP] = chunk;
  }

  drop(index: number): void {
    const group = this.#groups[Math.floor(index / GROUP)];
    if (group !== undefined) group[index % GROUP] = undefined;
  }

  /** Drops all from `index` on. */
  dropFrom(index: number): void {
    const group = Math.floor(index / GROUP);
    this.#groups[group]?.fill(undefined, index - group * GROUP);
    if (this.#groups.length > group + 1) this.#groups.length = group + 1;
  }

  /** The first number from `index` on, before `end`, that has a chunk, or has none; else `end`. */
  next(hasChunk: boolean, index: number, end: number): number {
    for (let at = index; at < end; ) {
      const number = Math.floor(at / GROUP);
      const group = this.#groups[number];
      if (group === undefined) {
        if (!hasChunk) return at;
        at = (number + 1) * GROUP;
      } else if ((group[at - number * GROUP] !== undefined) === hasChunk) return at;
      else at++;
    }
    return end;
  }
}
