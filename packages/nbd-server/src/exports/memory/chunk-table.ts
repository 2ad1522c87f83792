/** Chunks in one group: with chunks of 1 MiB, 8 TiB have 8192 groups, and nothing to look through where they are missing. */
export const GROUP = 1024;

/** The memory of a chunk. @throws Error `ENOMEM`. */
export type NewChunk = (index: number) => Uint8Array;

/** Chunks of memory by number, most of which may be missing. */
export interface Chunks {
  get(index: number): Uint8Array | undefined;
  /** That chunk, made of zeroes if it is missing. */
  obtain(index: number): Uint8Array;
  /** Has one of zeroes in its place. */
  replace(index: number): void;
  drop(index: number): void;
  /** Drops all from `index` on. */
  dropFrom(index: number): void;
  /** The first number from `index` on, before `end`, that has a chunk, or has none; else `end`. */
  next(hasChunk: boolean, index: number, end: number): number;
}

/** Those of one thread. */
export class ChunkTable implements Chunks {
  readonly #groups: (Uint8Array | undefined)[][] = [];
  readonly #newChunk: NewChunk;

  constructor(newChunk: NewChunk) {
    this.#newChunk = newChunk;
  }

  get(index: number): Uint8Array | undefined {
    const group = Math.floor(index / GROUP);
    return this.#groups[group]?.[index - group * GROUP];
  }

  obtain(index: number): Uint8Array {
    return this.get(index) ?? this.#make(index);
  }

  replace(index: number): void {
    this.#make(index);
  }

  drop(index: number): void {
    const group = this.#groups[Math.floor(index / GROUP)];
    if (group !== undefined) group[index % GROUP] = undefined;
  }

  dropFrom(index: number): void {
    const group = Math.floor(index / GROUP);
    this.#groups[group]?.fill(undefined, index - group * GROUP);
    if (this.#groups.length > group + 1) this.#groups.length = group + 1;
  }

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

  #make(index: number): Uint8Array {
    const chunk = this.#newChunk(index);
    const group = Math.floor(index / GROUP);
    this.#groups[group] ??= new Array<Uint8Array | undefined>(GROUP).fill(undefined);
    this.#groups[group][index - group * GROUP] = chunk;
    return chunk;
  }
}
