import { type CellHandle, type HandleOf, isHomeAlive } from './cell-handle.js';
import type { ThisThread } from './this-thread.js';

/** One thread's view of something in another, from `attach(handle)`. @thread the one that attached it. */
export abstract class Remote<Of extends HandleOf> {
  readonly handle: CellHandle<Of>;
  protected readonly thread: ThisThread;

  /** @internal */
  constructor(thread: ThisThread, handle: CellHandle<Of>) {
    this.thread = thread;
    this.handle = handle;
  }

  get name(): string {
    return this.handle.name;
  }

  /** Whether its thread lives. */
  get isAlive(): boolean {
    return isHomeAlive(this.thread, this.handle);
  }
}
