// Serves 64 MiB of shared memory in the way that the first argument names, for the benchmark beside it. Prints the URI.
import { createHash } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { MemoryExport, NbdServer, NbdServerThreads } from '@coaio/nbd-server';

/** @param {SharedArrayBuffer} memory @param {string} work */
export function makeServer(memory, work) {
  const server = new NbdServer();
  const disk = new MemoryExport(new Uint8Array(memory));
  if (work === 'memory') server.addExport('', disk);
  else {
    // A backend that has to compute for each read.
    server.addExport('', {
      size: disk.size,
      read(offset, target) {
        disk.read(offset, target);
        createHash('sha256').update(target).digest();
      },
    });
  }
  return server;
}

const [, , how, work = 'memory'] = process.argv;
if (isMainThread && how !== undefined) {
  const memory = new SharedArrayBuffer(64 * 2 ** 20);
  const address = /** @type {const} */ ({ type: 'inet', host: '127.0.0.1', port: 0 });
  const threads = async () =>
    await NbdServerThreads.start({
      threads: 2,
      moduleUrl: import.meta.url,
      exportName: 'makeServer',
      args: [memory, work],
    });
  if (how === 'one') console.log(await makeServer(memory, work).listen(address));
  else if (how === 'handed') console.log(await (await threads()).listen(address));
  else console.log(await (await threads()).listenInThreads(address));
}
