// A server in a process of its own, whose backend takes its time with each write. Tells its URI, and what memory it had at most when asked.
import { NbdServer } from '@coaio/nbd-server';

let writes = 0;
let idleTurns = 0;
/** @type {(() => void)[]} */
const waiting = [];
const disk = {
  size: 2 ** 40,
  read() {},
  write() {
    writes++;
    /** @type {Promise<void>} */
    const done = new Promise((resolve) => waiting.push(resolve));
    return done;
  },
};
let most = 0;
const turn = () => {
  most = Math.max(most, process.memoryUsage.rss());
  // One in each turn, and only while all that may be is in flight, or at the end: slower than the client.
  if (waiting.length >= 16 || ++idleTurns > 10_000) {
    idleTurns = 0;
    waiting.shift()?.();
  }
  setImmediate(turn);
};
turn();

const server = new NbdServer();
server.addExport('', disk);
const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
// Not maxRSS: a process inherits that of its parent.
const before = process.memoryUsage.rss();
process.on('message', () => process.send?.({ grownKiB: (most - before) / 1024, writes }));
process.send?.({ uri });
