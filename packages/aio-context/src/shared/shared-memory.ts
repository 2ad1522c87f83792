import { randomFillSync } from 'node:crypto';
import { AioContextError } from '../aio-context-error.js';
import { CELLS_USED, IDENTITY, MAX_THREADS, WORDS_PER_CELL } from './layout.js';

const BYTES_PER_CELL = WORDS_PER_CELL * 4;
const FIRST_FREE_CELL = MAX_THREADS + 1;
/**
 * Addresses for a million cells; the system gives memory as they are used. Not memory that grows: another thread may
 * make it larger between any two steps of a protocol, which would then meet cells that its view does not cover.
 */
const BYTES = 64 * 1024 * 1024;
/** First word of the header: another library's shared memory is no memory of ours, nor is an older version's. */
const MAGIC = 0;
const MAGIC_VALUE = 0x636f6101;

export function makeSharedMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(BYTES);
  const words = new Int32Array(memory);
  words[CELLS_USED] = FIRST_FREE_CELL;
  randomFillSync(words, IDENTITY, 2);
  words[MAGIC] = MAGIC_VALUE;
  return memory;
}

export function isSharedMemory(value: unknown): value is SharedArrayBuffer {
  return (
    value instanceof SharedArrayBuffer &&
    value.byteLength === BYTES &&
    new Int32Array(value, 0, 1)[MAGIC] === MAGIC_VALUE
  );
}

export function isSameMemory(a: SharedArrayBuffer, b: SharedArrayBuffer): boolean {
  const [first, second] = [new Int32Array(a, 0, WORDS_PER_CELL), new Int32Array(b, 0, WORDS_PER_CELL)];
  return first[IDENTITY] === second[IDENTITY] && first[IDENTITY + 1] === second[IDENTITY + 1];
}

/** A cell that never was in use. @throws AioContextError `AIO_SHARED_MEMORY_FULL` */
export function newCell(words: Int32Array): number {
  let cell = Atomics.load(words, CELLS_USED);
  while ((cell + 1) * BYTES_PER_CELL <= BYTES) {
    const seen = Atomics.compareExchange(words, CELLS_USED, cell, cell + 1);
    if (seen === cell) return cell;
    cell = seen;
  }
  throw new AioContextError(
    'AIO_SHARED_MEMORY_FULL',
    `handle: all ${BYTES / BYTES_PER_CELL} cells that threads share are in use`,
  );
}
