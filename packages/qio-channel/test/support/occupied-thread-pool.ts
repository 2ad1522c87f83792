import { execFileSync } from 'node:child_process';
import { closeSync, open, openSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Holds every thread of libuv's pool in an `open` that waits: what is asked of the pool from now on waits behind.
 *
 * @returns what lets them go.
 */
export function occupyThreadPool(folder: string): () => Promise<void> {
  const path = join(folder, 'fifo that nobody writes to');
  execFileSync('mkfifo', [path]);
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const held = Array.from({ length: threads }, () => promisify(open)(path, 'r'));
  return async () => {
    // Both ends, so it neither waits nor has to be early or late.
    const fd = openSync(path, 'r+');
    for (const waited of await Promise.all(held)) closeSync(waited);
    closeSync(fd);
  };
}
