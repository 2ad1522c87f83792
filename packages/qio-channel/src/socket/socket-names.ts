import type { Socket } from 'node:net';
import type { SocketAddress } from './socket-address.js';

/** The two ends of a connection. */
export interface SocketNames {
  local: SocketAddress | null;
  remote: SocketAddress | null;
}

const UNNAMED: SocketAddress = { type: 'unix', path: '' };

/**
 * The ends of a socket that was connected to `address`, or accepted there. The system has forgotten them when the peer has reset
 * the connection. Node tells none of a Unix socket: one is known, and the other side has mostly none.
 */
export function socketNames(
  socket: Socket,
  how: 'connected' | 'accepted',
  address: SocketAddress,
): SocketNames {
  if (address.type === 'inet') {
    return {
      local: inet(socket.localAddress, socket.localPort),
      remote: inet(socket.remoteAddress, socket.remotePort),
    };
  }
  return how === 'connected' ? { local: UNNAMED, remote: address } : { local: address, remote: UNNAMED };
}

function inet(host: string | undefined, port: number | undefined): SocketAddress | null {
  return host === undefined || port === undefined ? null : { type: 'inet', host, port };
}
