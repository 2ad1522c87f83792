interface Written {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** A disk in memory with a cache: what was not flushed may be gone when its server dies. */
export class ModelDisk {
  /** What is read. */
  readonly contents: Uint8Array;
  readonly #stable: Uint8Array;
  #unflushed: Written[] = [];

  constructor(size: number, fill: (index: number) => number = () => 0) {
    this.contents = Uint8Array.from({ length: size }, (_, index) => fill(index));
    this.#stable = this.contents.slice();
  }

  write(offset: number, data: Uint8Array, fua = false): void {
    this.contents.set(data, offset);
    if (fua) this.#stable.set(data, offset);
    else this.#unflushed.push({ offset, data: data.slice() });
  }

  flush(): void {
    for (const { offset, data } of this.#unflushed) this.#stable.set(data, offset);
    this.#unflushed = [];
  }

  /** The server dies. Of the writes that were not flushed those stay for which `survives` says so. */
  crash(survives: () => boolean): void {
    for (const { offset, data } of this.#unflushed) if (survives()) this.#stable.set(data, offset);
    this.#unflushed = [];
    this.contents.set(this.#stable);
  }
}
