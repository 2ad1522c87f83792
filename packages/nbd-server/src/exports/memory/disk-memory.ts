import type { NbdExtent } from '../nbd-backend.js';

/** The memory behind a memory export. Called with ranges within its size, never empty. */
export interface DiskMemory {
  readonly size: number;
  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`: it cannot have that size. */
  resize(size: number): void;
  read(offset: number, target: Uint8Array): void;
  view(offset: number, length: number): Uint8Array | null;
  write(offset: number, data: Uint8Array): void;
  landing(offset: number, length: number): Uint8Array | null;
  /**
   * The range reads as zeroes from now on. `mayDrop`: its memory may be given back.
   * @returns where it has stopped because it would take long, or the end of the range.
   */
  zero(offset: number, length: number, mayDrop: boolean): number;
  extents(offset: number, length: number): NbdExtent[];
  /** All of it as one array. */
  toBytes(): Uint8Array;
  close(): void;
}
