import type { NbdBackend, NbdExtent, NbdExtents } from '../../src/index.js';

const BLOCK = 512;
const HOLE = 3;

/** A disk in memory that can do everything, and knows its holes by blocks of 512 bytes. */
export class WholeDisk implements NbdBackend {
  readonly bytes: Uint8Array;
  readonly canFastZero = true;
  readonly rotational = true;
  readonly metaContexts: ReadonlyMap<string, NbdExtents>;
  readonly #holes: Uint8Array;

  /** @param size a multiple of 512; all of it is a hole */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#holes = new Uint8Array(size / BLOCK).fill(1);
    this.metaContexts = new Map([['x-test:holes', (offset, length) => this.#mapped(offset, length)]]);
  }

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, target: Uint8Array): void {
    target.set(this.bytes.subarray(offset, offset + target.length));
  }

  landing(offset: number, length: number): Uint8Array {
    this.#holes.fill(0, Math.floor(offset / BLOCK), Math.ceil((offset + length) / BLOCK));
    return this.bytes.subarray(offset, offset + length);
  }

  write(offset: number, data: Uint8Array): void {
    this.landing(offset, data.length).set(data);
  }

  flush(): void {}

  cache(): void {}

  trim(offset: number, length: number): void {
    this.writeZeroes(offset, length);
  }

  writeZeroes(offset: number, length: number): void {
    this.bytes.fill(0, offset, offset + length);
    this.#holes.fill(1, Math.ceil(offset / BLOCK), Math.max(0, Math.floor((offset + length) / BLOCK)));
  }

  extents(offset: number, length: number): NbdExtent[] {
    return this.#mapped(offset, length);
  }

  #mapped(offset: number, length: number): NbdExtent[] {
    const extents: NbdExtent[] = [];
    for (let at = offset; at < offset + length; ) {
      const block = Math.floor(at / BLOCK);
      const end = (block + 1) * BLOCK;
      extents.push({ length: end - at, status: this.#holes[block] === 1 ? HOLE : 0 });
      at = end;
    }
    return extents;
  }
}
