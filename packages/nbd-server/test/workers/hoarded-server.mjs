// A server in a process of its own, with two disks: one that gives fresh memory to each read, and one whose writes do not end.
import { NbdServer } from '@coaio/nbd-server';

const never = new Promise(() => {});
const server = new NbdServer({ maxTotalInFlightBytes: 64 * 2 ** 20 });
server.addExport('', {
  size: 2 ** 40,
  read(_offset, target) {
    target.fill(1);
  },
  write: () => never,
});
const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
const before = process.memoryUsage.rss();
let most = before;
// Not maxRSS: a process inherits that of its parent.
setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 10);
process.on('message', () => {
  process.send?.({ grownKiB: (most - before) / 1024, connections: server.statistics.connections });
});
process.send?.({ uri });
