// Serves 1 MiB at the socket argv[2] and dies without a word in read number argv[3], of those of argv[4] bytes.
import { MemoryExport, NbdServer } from '@coaio/nbd-server';

const memory = new MemoryExport(2 ** 20);
let reads = 0;
const server = new NbdServer();
server.addExport('', {
  size: memory.size,
  read(offset, target) {
    if (target.length === Number(process.argv[4]) && ++reads === Number(process.argv[3]))
      process.kill(process.pid, 'SIGKILL');
    memory.read(offset, target);
  },
});
console.log(await server.listen({ type: 'unix', path: process.argv[2] ?? '' }));
