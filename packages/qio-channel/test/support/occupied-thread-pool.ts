import { closeSync, open, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { makeFifo } from './fifo.js';

/**
 * Holds every thread of libuv's pool in an `open` that waits: what is asked of the pool from now on waits behind.
 *
 * @returns what lets them go.
 */
export function occupyThreadPool(folder: string): () => Promise<void> {
  const path = makeFifo(folder, 'nobody writes to it');
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const held = Array.from({ length: threads }, () => promisify(open)(path, 'r'));
  return async () => {
    // Both ends, so it neither waits nor has to be early or late.
    const fd = openSync(path, 'r+');
    for (const waited of await Promise.all(held)) closeSync(waited);
    closeSync(fd);
  };
}
