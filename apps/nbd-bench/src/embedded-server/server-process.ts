// The embedded server as a process: prints its URI, serves until its stdin ends. So it outlives no parent, however
// that one ended.
import { startMemoryServer } from './memory-server.js';

const [socket = ''] = process.argv.slice(2);
const { server, uri } = await startMemoryServer(socket);
process.stdout.write(`${uri}\n`);
process.stdin.resume().on('end', () => void server.close());
