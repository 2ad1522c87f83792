import type {
  NbdBackend,
  NbdExtent,
  NbdExtentOptions,
  NbdWork,
  NbdWriteOptions,
  NbdZeroOptions,
} from '../../src/index.js';

/** What one call was told. */
export type Told = readonly [operation: string, ...details: unknown[]];

/** A disk that has every function, and keeps in mind what they were told. `answer` is what they return, or throw. */
export class ToldDisk implements NbdBackend {
  readonly size: number;
  readonly canFastZero: boolean = true;
  readonly told: Told[] = [];
  answer: () => NbdWork = () => {};
  map: readonly NbdExtent[] = [{ length: Number.MAX_SAFE_INTEGER, status: 0 }];

  constructor(size = 2 ** 40) {
    this.size = size;
  }

  read(offset: number, target: Uint8Array, options: NbdWriteOptions): NbdWork {
    target.fill(7);
    return this.#tell('read', offset, target.length, options);
  }

  write(offset: number, data: Uint8Array, options: NbdWriteOptions): NbdWork {
    return this.#tell('write', offset, data.length, options);
  }

  flush(): NbdWork {
    return this.#tell('flush');
  }

  trim(offset: number, length: number, options: NbdWriteOptions): NbdWork {
    return this.#tell('trim', offset, length, options);
  }

  writeZeroes(offset: number, length: number, options: NbdZeroOptions): NbdWork {
    return this.#tell('writeZeroes', offset, length, options);
  }

  cache(offset: number, length: number): NbdWork {
    return this.#tell('cache', offset, length);
  }

  extents(offset: number, length: number, options: NbdExtentOptions): NbdWork<Iterable<NbdExtent>> {
    this.told.push(['extents', offset, length, options]);
    return this.map;
  }

  #tell(...told: Told): NbdWork {
    this.told.push(told);
    return this.answer();
  }
}
