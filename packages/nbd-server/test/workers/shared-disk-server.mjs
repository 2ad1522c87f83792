// The server of one of several threads, over memory that they share.
import { threadId, workerData } from 'node:worker_threads';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';

/** @type {unknown[]} */
const left = [];
let held = 0;
const first = workerData.coaioIOThread.name === 'nbd-server 1';

/** Reads of it are answered once the last byte of the memory is not 0. @param {Uint8Array} memory */
function heldDisk(memory) {
  return {
    size: 1,
    async read() {
      held++;
      while (Atomics.load(memory, memory.length - 1) === 0) await new Promise(setImmediate);
    },
  };
}

/** @param {import('@coaio/nbd-server').NbdServer} server @param {string} name @param {Uint8Array} bytes */
export function addDisk(server, name, bytes) {
  server.addExport(name, new MemoryExport(bytes));
  return threadId;
}

/** @param {import('@coaio/nbd-server').NbdServer} server @param {string} name */
export async function removeDisk(server, name) {
  await server.removeExport(name);
}

/** @param {import('@coaio/nbd-server').NbdServer} server @param {string} name */
export function addInFirst(server, name) {
  if (first) server.addExport(name, new MemoryExport(1));
}

/** What comes of a resume. @param {import('@coaio/nbd-server').NbdServer} server @param {string} exportName */
export async function resumeCode(server, exportName) {
  return await server.resume({ exportName }).catch((error) => error.code);
}

/** How many reads of `held` have come. */
export function heldReads() {
  return held;
}

/** Of the clients that have left. */
export function addresses() {
  return left;
}

/** @param {SharedArrayBuffer} memory @param {import('@coaio/nbd-server').NbdServerOptions} options */
export function makeServer(memory, options = {}) {
  const server = new NbdServer({ onConnectionEnd: ({ address }) => left.push(address), ...options });
  server.addExport('', MemoryExport.from(new Uint8Array(memory)));
  server.addExport('held', heldDisk(new Uint8Array(memory)));
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
