import { lookup } from 'node:dns/promises';
import { chmodSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type ServerOpts, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { errnoOf, QIOChannelError } from '../qio-channel-error.js';
import { descriptorAddress } from './descriptor-address.js';
import type { NetListenerSettings } from './net-listener-options.js';
import { addressFamily, formatAddress, type SocketAddress, systemPath } from './socket-address.js';
import { replaceStaleSocket } from './stale-unix-socket.js';

/** One address that is listened at. */
export interface ListeningSocket {
  readonly server: Server;
  /** A port that the system chose is filled in. */
  readonly address: SocketAddress;
}

/** Told of what happens at an address, from the moment when it is listened at. */
export interface ListeningSocketEvents {
  /** The socket is paused: nothing has been read from it. */
  accepted(socket: Socket, address: SocketAddress): void;
  failed(error: Error, address: SocketAddress): void;
}

/** Unread, so that the channel made of a client's socket finds all that the client has sent. */
const SERVER_OPTIONS: ServerOpts = { pauseOnConnect: true, allowHalfOpen: true };

/**
 * Listens at `address`, which must have been checked.
 *
 * @throws QIOChannelError `QIO_CHANNEL_LISTEN` with the system's `errno`; `QIO_CHANNEL_UNSUPPORTED`: no `reusePort` here.
 */
export async function openListeningSocket(
  address: SocketAddress,
  settings: NetListenerSettings,
  events: ListeningSocketEvents,
): Promise<ListeningSocket> {
  let bound = address;
  const server = createServer(SERVER_OPTIONS, (socket) => events.accepted(socket, bound));
  server.once('listening', () => {
    bound = boundAddress(server, address);
    server.on('error', (error) => events.failed(error, bound));
  });
  try {
    const options = await listenOptions(address, settings);
    await listenOrReplace(server, address, options);
    if (address.type === 'unix' && settings.mode !== null) chmodSync(address.path, settings.mode);
  } catch (error) {
    server.close();
    const reason = await reasonOf(error, address);
    const errno = errnoOf(reason);
    const code = settings.reusePort && errno === 'ENOTSUP' ? 'QIO_CHANNEL_UNSUPPORTED' : 'QIO_CHANNEL_LISTEN';
    throw new QIOChannelError(code, `listen on ${formatAddress(address)}`, reason);
  }
  return { server, address: bound };
}

/** libuv says EACCES, as Windows does, where the folder of a Unix socket is not there. */
async function reasonOf(error: unknown, address: SocketAddress): Promise<unknown> {
  if (address.type !== 'unix' || address.abstract === true || errnoOf(error) !== 'EACCES') return error;
  const folder = dirname(address.path);
  return await stat(folder).then(
    () => error,
    (missing: unknown) => (errnoOf(missing) === 'ENOENT' ? missing : error),
  );
}

/**
 * Takes over the listening socket that has descriptor `fd`.
 *
 * @throws QIOChannelError `QIO_CHANNEL_LISTEN`: it is none.
 */
export async function openListeningDescriptor(
  fd: number,
  { backlog }: NetListenerSettings,
  events: ListeningSocketEvents,
): Promise<ListeningSocket> {
  const address = descriptorAddress(fd, null);
  const listening = { server: createServer(SERVER_OPTIONS), address };
  const { server } = listening;
  server.on('connection', (socket) => events.accepted(socket, listening.address));
  server.once('listening', () => {
    listening.address = descriptorAddress(fd, server.address());
    server.on('error', (error) => events.failed(error, listening.address));
  });
  try {
    // Its types lack `fd`.
    const options = { fd, backlog };
    await listen(server, options);
  } catch (error) {
    server.close();
    throw new QIOChannelError('QIO_CHANNEL_LISTEN', `listen on descriptor ${fd}`, error);
  }
  return listening;
}

/** Stops listening. A Unix socket's file is removed. */
export function closeListeningSocket({ server }: ListeningSocket): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function boundAddress(server: Server, address: SocketAddress): SocketAddress {
  const bound = server.address();
  if (address.type === 'unix' || bound === null || typeof bound === 'string') return address;
  return { ...address, port: bound.port };
}

async function listenOptions(
  address: SocketAddress,
  { backlog, reusePort }: NetListenerSettings,
): Promise<ListenOptions> {
  if (address.type === 'unix') return { path: systemPath(address), backlog };
  const family = addressFamily(address);
  const { address: host } = await lookup(address.host, { family });
  // Without `ipv6Only`, `::` takes IPv4 clients too.
  const options = { host, port: address.port, backlog, ipv6Only: family === 6, reusePort };
  return options;
}

async function listenOrReplace(
  server: Server,
  address: SocketAddress,
  options: ListenOptions,
): Promise<void> {
  try {
    await listen(server, options);
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE' || address.type !== 'unix' || address.abstract === true) throw error;
    if (!(await replaceStaleSocket(address.path, () => listen(server, options)))) throw error;
  }
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
