// The server of one of several threads, over memory that they share.
import { threadId } from 'node:worker_threads';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';

/** @param {SharedArrayBuffer} memory @param {import('@coaio/nbd-server').NbdServerOptions} options */
export function makeServer(memory, options = {}) {
  const server = new NbdServer(options);
  server.addExport('', MemoryExport.from(new Uint8Array(memory)));
  // Says which thread it is.
  server.addExport('thread', {
    size: 1,
    read(_offset, target) {
      target[0] = threadId;
    },
  });
  server.addExport('fatal', {
    size: 1,
    read() {
      process.exit(1);
    },
  });
  return server;
}

export function makeNothing() {}
