import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { errnoOf, QIOChannelError } from '../qio-channel-error.js';
import { QIOChannelSocket } from './qio-channel-socket.js';
import { assertAddress, formatAddress, nodeAddress, type SocketAddress } from './socket-address.js';

/** Accepts connections and gives each to the client function as a channel (QEMU's `QIONetListener`). */
export class QIONetListener {
  /** Where it listens; a port that the system chose is filled in. */
  readonly address: SocketAddress;
  readonly #server: Server;
  #clientFunc: ((channel: QIOChannelSocket) => void) | null = null;
  #accepted = 0;

  /**
   * Listens at `address`. A Unix socket that nobody listens on any more is replaced.
   *
   * @throws QIOChannelError `QIO_CHANNEL_LISTEN` with the system's `errno`; `QIO_CHANNEL_ADDRESS`.
   */
  static async open(address: SocketAddress): Promise<QIONetListener> {
    assertAddress(address);
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    try {
      await listen(server, address);
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE' || address.type !== 'unix' || !(await isStale(address.path))) {
        throw new QIOChannelError('QIO_CHANNEL_LISTEN', `listen on ${formatAddress(address)}`, error);
      }
      unlinkSync(address.path);
      await listen(server, address);
    }
    return new QIONetListener(server, address);
  }

  private constructor(server: Server, address: SocketAddress) {
    this.#server = server;
    const bound = server.address();
    this.address =
      address.type === 'inet' && bound !== null && typeof bound === 'object'
        ? { ...address, port: bound.port }
        : address;
    server.on('connection', (socket) => {
      const name = `client ${++this.#accepted} of ${formatAddress(this.address)}`;
      if (this.#clientFunc === null) socket.destroy();
      else this.#clientFunc(QIOChannelSocket.fromAccepted(socket, name));
    });
    // Accepting failed for one client (no descriptor left, say): the others are not concerned.
    server.on('error', () => {});
  }

  /** Who gets the channels; until it is set, connections are closed at once (`qio_net_listener_set_client_func`). */
  setClientFunc(clientFunc: (channel: QIOChannelSocket) => void): void {
    this.#clientFunc = clientFunc;
  }

  /** Stops listening; accepted channels are not touched (`qio_net_listener_disconnect`). */
  async disconnect(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function listen(server: Server, address: SocketAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(nodeAddress(address), () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Whether the path is a socket whose listener is gone without removing it, as a killed one leaves it. */
async function isStale(path: string): Promise<boolean> {
  // First: connecting to a regular file is refused just as well, and that is not ours to remove.
  if (!lstatSync(path).isSocket()) return false;
  return await new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(errnoOf(error) === 'ECONNREFUSED'));
  });
}
