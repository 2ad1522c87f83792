import { QIOChannelError } from '../qio-channel-error.js';

/** Where a socket listens or connects (QEMU's `SocketAddress`). */
export type SocketAddress =
  | { type: 'unix'; path: string }
  /** `port` 0 lets the system choose when listening. */
  | { type: 'inet'; host: string; port: number };

/** Linux: 108 bytes in `sun_path`, the last for the final zero. */
const MAX_UNIX_PATH = 107;

/** @throws QIOChannelError `QIO_CHANNEL_ADDRESS`: the system could only answer with a bare `EINVAL`. */
export function assertAddress(address: SocketAddress): void {
  if (address.type === 'unix') {
    const length = Buffer.byteLength(address.path);
    if (length === 0 || length > MAX_UNIX_PATH) {
      throw new QIOChannelError(
        'QIO_CHANNEL_ADDRESS',
        `Unix socket path is ${length} bytes long, allowed are 1 to ${MAX_UNIX_PATH}: "${address.path}"`,
      );
    }
  } else if (!Number.isInteger(address.port) || address.port < 0 || address.port > 65535) {
    throw new QIOChannelError('QIO_CHANNEL_ADDRESS', `port ${address.port} is not in 0 to 65535`);
  }
}

/** For messages: `/run/nbd.sock`, `localhost:10809`, `[::1]:10809`. */
export function formatAddress(address: SocketAddress): string {
  if (address.type === 'unix') return address.path;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** What `net.connect` and `Server.listen` take. */
export function nodeAddress(address: SocketAddress): { path: string } | { host: string; port: number } {
  return address.type === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
}
