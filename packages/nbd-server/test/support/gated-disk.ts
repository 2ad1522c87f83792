import type { NbdBackend, NbdWriteOptions } from '../../src/index.js';

/** One call of a {@link GatedDisk}, which waits for the test to end it. */
export interface GatedCall {
  operation: 'read' | 'write' | 'flush';
  offset: number;
  length: number;
  fua: boolean;
  succeed: () => void;
  fail: (error: unknown) => void;
}

/** A disk whose every operation ends when the test says so. Reads give `offset & 0xff`. */
export class GatedDisk implements NbdBackend {
  size: number;
  readonly calls: GatedCall[] = [];
  closed = 0;
  #awaited: { count: number; resolve: () => void } | null = null;

  constructor(size = 2 ** 30) {
    this.size = size;
  }

  read(offset: number, target: Uint8Array): Promise<void> {
    target.fill(offset & 0xff);
    return this.#call('read', offset, target.length, false);
  }

  write(offset: number, data: Uint8Array, { fua }: NbdWriteOptions): Promise<void> {
    return this.#call('write', offset, data.length, fua);
  }

  flush(): Promise<void> {
    return this.#call('flush', 0, 0, false);
  }

  close(): void {
    this.closed++;
  }

  /** Resolves once there have been `count` calls. */
  async called(count: number): Promise<void> {
    if (this.calls.length >= count) return;
    await new Promise<void>((resolve) => {
      this.#awaited = { count, resolve };
    });
  }

  #call(operation: GatedCall['operation'], offset: number, length: number, fua: boolean): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.calls.push({ operation, offset, length, fua, succeed: () => resolve(), fail: reject });
    });
    if (this.#awaited !== null && this.calls.length >= this.#awaited.count) this.#awaited.resolve();
    return ended;
  }
}
