import { type Co, SharedResource } from '@coaio/coroutine';
import { NbdUsageError } from '@coaio/nbd-protocol';
import type { MemoryIntroducer } from '@coaio/qio-channel/shared';

/** All that may be in use at a time, in bytes. What is larger has it to itself. */
const MAX_IN_USE = 16 * 1024 * 1024;
/** Kept for the next request: new memory has to be introduced to the client's thread. */
const MAX_KEPT = 4 * 1024 * 1024;
const MIN_SIZE_BITS = 12;

/** Shared memory that the bytes of requests are copied through whose own memory is not shared. */
export class StagingMemory {
  readonly #introducer: MemoryIntroducer;
  readonly #inUse = new SharedResource(MAX_IN_USE, { name: 'staging memory' });
  /** By size, a power of two. */
  readonly #kept: Uint8Array[][] = [];
  #keptBytes = 0;

  constructor(introducer: MemoryIntroducer) {
    this.#introducer = introducer;
  }

  /** At least `length` bytes, if nobody has to be waited for; else null. @throws NbdUsageError `NBD_TOO_LARGE`. */
  tryTake(length: number): Uint8Array | null {
    return this.#inUse.tryGet(Math.min(sizeFor(length), MAX_IN_USE)) ? this.#memoryFor(length) : null;
  }

  /** At least `length` bytes, in the order of asking. @throws the signal's reason; NbdUsageError `NBD_TOO_LARGE`: there is no memory. */
  *take(length: number, signal: AbortSignal | undefined): Co<Uint8Array> {
    yield* this.#inUse.get(Math.min(sizeFor(length), MAX_IN_USE), { signal });
    return this.#memoryFor(length);
  }

  give(memory: Uint8Array): void {
    if (this.#keptBytes + memory.length > MAX_KEPT) this.#drop(memory);
    else {
      const bits = Math.log2(memory.length);
      this.#keptBytes += memory.length;
      const kept = this.#kept[bits];
      if (kept === undefined) this.#kept[bits] = [memory];
      else kept.push(memory);
    }
    this.#inUse.put(Math.min(memory.length, MAX_IN_USE));
  }

  /** None of it is in use, nor will be. */
  close(): void {
    for (const memory of this.#kept.flat()) this.#drop(memory);
    this.#kept.length = 0;
  }

  #memoryFor(length: number): Uint8Array {
    const size = sizeFor(length);
    const kept = this.#kept[Math.log2(size)]?.pop();
    if (kept === undefined) return this.#newMemory(length, size);
    this.#keptBytes -= size;
    return kept;
  }

  #newMemory(length: number, size: number): Uint8Array {
    try {
      return new Uint8Array(new SharedArrayBuffer(size));
    } catch (error) {
      this.#inUse.put(Math.min(size, MAX_IN_USE));
      const detail = `no memory to hand ${length} bytes to another thread: ${(error as Error).message}`;
      throw new NbdUsageError('NBD_TOO_LARGE', 'view', detail);
    }
  }

  #drop(memory: Uint8Array): void {
    this.#introducer.takeBack(memory.buffer as SharedArrayBuffer);
  }
}

function sizeFor(length: number): number {
  return 2 ** Math.max(MIN_SIZE_BITS, 32 - Math.clz32(length - 1));
}
