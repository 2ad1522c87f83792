import { NbdUsageError } from '@coaio/nbd-protocol';
import { CHUNK_SIZE } from './chunk.js';
import { type SharedChunksHandle, SharedChunkTable } from './shared-chunk-table.js';
import { SparseMemory } from './sparse-memory.js';

/** The words of its chunks take 256 MiB of addresses then. */
const MAX_SIZE = 2 ** 46;

/** Names a disk in memory in any thread of the process. Plain data: it goes through `postMessage` and `workerData`. */
export interface MemoryExportHandle extends SharedChunksHandle {
  readonly of: 'MemoryExport';
  readonly size: number;
}

/** @throws NbdUsageError `NBD_BAD_EXPORT`: too large. */
export function sharedMemoryHandle(size: number): MemoryExportHandle {
  if (size > MAX_SIZE) {
    const detail = `${size} bytes of shared memory, allowed are ${MAX_SIZE} at most`;
    throw new NbdUsageError('NBD_BAD_EXPORT', 'memory export', detail);
  }
  return { of: 'MemoryExport', size, ...SharedChunkTable.handleFor(Math.ceil(size / CHUNK_SIZE)) };
}

/** Sparse memory of several threads. */
export class SharedSparseMemory extends SparseMemory {
  readonly #chunks: SharedChunkTable;

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`: no handle, or the disk was written to already. */
  static attach(handle: MemoryExportHandle): SharedSparseMemory {
    if ((handle as Partial<MemoryExportHandle> | null)?.of !== 'MemoryExport') {
      throw bad('attach', 'expected a handle of MemoryExport.share');
    }
    const chunks = SharedChunkTable.attach(handle, Math.ceil(handle.size / CHUNK_SIZE));
    if (chunks === null)
      throw bad('attach', 'the disk was written to already: attach it in all threads before');
    return new SharedSparseMemory(handle.size, chunks);
  }

  private constructor(size: number, chunks: SharedChunkTable) {
    super(size, chunks);
    this.#chunks = chunks;
  }

  override resize(size: number): void {
    if (size === this.size) return;
    throw bad('resize', `${this.size} bytes that threads share cannot become ${size}`);
  }

  override close(): void {
    this.#chunks.close();
  }
}

function bad(operation: string, detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', operation, detail);
}
