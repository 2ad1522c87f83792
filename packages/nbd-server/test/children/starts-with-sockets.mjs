// Does as systemd: listens, and gives a command the sockets as descriptors 3 and 4. The first line on stderr is the command's pid.
//   starts-with-sockets.mjs COMMAND SOCKET [ARGUMENT ...]
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const [, , command, path, ...args] = process.argv;
const servers = [createServer().listen({ path }), createServer().listen({ host: '127.0.0.1', port: 0 })];
const descriptors = await Promise.all(
  servers.map(async (server) => {
    await once(server, 'listening');
    // @ts-expect-error Node's own.
    return server._handle.fd;
  }),
);
const script = 'echo $$ >&2; LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" "$@"';
// This process is blocked meanwhile, and so takes none of the clients.
const { status } = spawnSync('/bin/sh', ['-c', script, process.execPath, command ?? '', ...args], {
  stdio: ['ignore', 'inherit', 'inherit', ...descriptors],
});
process.exit(status ?? 1);
