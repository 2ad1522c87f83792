import { isIP } from 'node:net';
import { QIOChannelError } from '../qio-channel-error.js';
import { assertKeepAlive } from './keep-alive.js';
import {
  addressFamily,
  type InetSocketAddress,
  MAX_UNIX_PATH,
  type SocketAddress,
  type UnixSocketAddress,
} from './socket-address.js';

/**
 * Refuses what the system could only answer with a bare `EINVAL`, or would misread.
 *
 * @throws QIOChannelError `QIO_CHANNEL_ADDRESS`; `QIO_CHANNEL_UNSUPPORTED`: not on this system, or not with this Node.
 */
export function assertAddress(address: SocketAddress, use: 'connect' | 'listen'): void {
  if (typeof address !== 'object' || address === null)
    throw refusal(`an address is an object with the type "unix" or "inet", not ${JSON.stringify(address)}`);
  if (address.type === 'unix') assertUnix(address);
  else if (address.type === 'inet') assertInet(address, use);
  else {
    const { type } = address as { type: unknown };
    throw refusal(`the type of an address is ${JSON.stringify(type)}, not "unix" or "inet"`);
  }
}

function assertUnix({ path, abstract, tight }: UnixSocketAddress): void {
  if (typeof path !== 'string') throw refusal(`the path of a Unix socket is ${typeof path}, not a string`);
  const length = Buffer.byteLength(path);
  if (length === 0 || length > MAX_UNIX_PATH) {
    throw refusal(`Unix socket path is ${length} bytes long, allowed are 1 to ${MAX_UNIX_PATH}: "${path}"`);
  }
  if (path.includes('\0')) throw refusal(`Unix socket path has a zero byte: ${JSON.stringify(path)}`);
  if (abstract === true && process.platform !== 'linux') {
    throw unsupported(`abstract Unix sockets exist on Linux only: "${path}"`);
  }
  if (abstract !== true || tight === false || length === MAX_UNIX_PATH) return;
  // It fills the name with zeros, and would wait at another one than its peer.
  if (Number.parseInt(process.versions.node, 10) < 22) {
    throw unsupported(
      `the abstract name "${path}" needs Node 22, or tight: false; this is ${process.version}`,
    );
  }
}

function assertInet(address: InetSocketAddress, use: 'connect' | 'listen'): void {
  const { host, port, ipv4, ipv6 } = address;
  // Node takes an empty one for "everywhere": nobody should listen to the world for want of a value.
  if (typeof host !== 'string' || host === '' || host.includes('\0')) {
    throw refusal(`the host is ${JSON.stringify(host)}, not a name or an IP address`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw refusal(`port ${port} is not in 0 to 65535`);
  if (port === 0 && use === 'connect') throw refusal(`port 0 of ${host} cannot be connected to`);
  if (ipv4 === false && ipv6 === false) throw refusal('ipv4 and ipv6 are both false');
  const family = addressFamily(address);
  const literal = isIP(host);
  if (family !== 0 && literal !== 0 && family !== literal) {
    throw refusal(`${host} is an IPv${literal} address, and only IPv${family} is allowed`);
  }
  assertKeepAlive(address);
}

function refusal(message: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_ADDRESS', message);
}

function unsupported(message: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', message);
}
