import { join } from 'node:path';
import {
  type ExportOptions,
  MemoryExport,
  type NbdBackend,
  NbdServer,
  type NbdServerOptions,
} from '@coaio/nbd-server';
import { onTestFinished } from 'vitest';
import { newFolder } from './new-folder.js';

/** Serves `backend` on a Unix socket until the test ends. @returns the URI. */
export async function serve(
  backend: NbdBackend,
  options: ExportOptions = {},
  serverOptions: NbdServerOptions = {},
): Promise<string> {
  const server = new NbdServer(serverOptions);
  server.addExport('', backend, options);
  onTestFinished(() => server.close());
  return await server.listen({ type: 'unix', path: join(newFolder(), 'nbd.sock') });
}

/** Zeroes in memory whose reads go through `read`, which sees them first. */
export function readsThrough(
  size: number,
  read: (offset: number, length: number) => void | Promise<void>,
): NbdBackend {
  const memory = new MemoryExport(size);
  return {
    size,
    read(offset, target) {
      memory.read(offset, target);
      return read(offset, target.length);
    },
    write: (offset, data) => memory.write(offset, data),
  };
}
