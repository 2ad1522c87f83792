// Serves an object of your own. This one is a disk of 16 MiB that counts how often each command comes, and says so at the end.
//
//   node examples/server-of-an-object.ts /tmp/nbd.sock &
//   qemu-img convert -n -f raw -O raw disk.raw 'nbd+unix:///?socket=/tmp/nbd.sock'
//   kill %1
//
// Node 22.18 or later; before: examples/dist/server-of-an-object.js, after `npm start`.
import { type NbdBackend, NbdServer } from '@coaio/nbd-server';

const [path = ''] = process.argv.slice(2);
const bytes = Buffer.alloc(16 * 1024 * 1024);
const counts = { read: 0, write: 0, flush: 0 };
const disk: NbdBackend = {
  size: bytes.length,
  read(offset, target) {
    counts.read++;
    target.set(bytes.subarray(offset, offset + target.length));
  },
  write(offset, data) {
    counts.write++;
    bytes.set(data, offset);
  },
  flush: () => void counts.flush++,
};
const server = new NbdServer();
server.addExport('', disk);
console.log(await server.listen({ type: 'unix', path }));
process.once('SIGTERM', () => server.close().then(() => console.log(JSON.stringify(counts))));
