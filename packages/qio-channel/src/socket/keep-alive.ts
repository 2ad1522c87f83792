import { Socket } from 'node:net';
import { QIOChannelError } from '../qio-channel-error.js';
import type { KeepAlive, SocketAddress } from './socket-address.js';

/** Linux's own limits (`MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPINTVL`, `MAX_TCP_KEEPCNT`). */
const LIMITS = { keepAliveIdleSeconds: 32767, keepAliveIntervalSeconds: 32767, keepAliveCount: 127 } as const;
const NAMES = Object.keys(LIMITS) as (keyof typeof LIMITS)[];

/** `setKeepAlive` of Node 24, which our declarations do not know yet. */
type SetKeepAlive = (on: boolean, idleMs: number, intervalMs?: number, count?: number) => void;

/** @throws QIOChannelError `QIO_CHANNEL_ADDRESS`; `QIO_CHANNEL_UNSUPPORTED`: this Node cannot do it. */
export function assertKeepAlive(options: KeepAlive): void {
  for (const name of NAMES) {
    const value = options[name];
    if (value === undefined) continue;
    if (options.keepAlive !== true) throw refusal(`${name} is ${value} without keepAlive: true`);
    if (!Number.isInteger(value) || value < 1 || value > LIMITS[name]) {
      throw refusal(`${name} is ${value}, allowed are the integers from 1 to ${LIMITS[name]}`);
    }
  }
  const { keepAliveIdleSeconds, keepAliveIntervalSeconds, keepAliveCount } = options;
  if (keepAliveIntervalSeconds === undefined && keepAliveCount === undefined) return;
  // Node sets all three or only the first.
  if (
    keepAliveIdleSeconds === undefined ||
    keepAliveIntervalSeconds === undefined ||
    keepAliveCount === undefined
  ) {
    throw refusal(`${NAMES.join(', ')}: the last two need each other and the first`);
  }
  // It drops arguments that it does not know.
  if (Socket.prototype.setKeepAlive.length < 4) {
    throw new QIOChannelError(
      'QIO_CHANNEL_UNSUPPORTED',
      `keepAliveIntervalSeconds and keepAliveCount need Node 24, this is ${process.version}`,
    );
  }
}

/** For a socket that is connected. */
export function setKeepAlive(socket: Socket, address: SocketAddress): void {
  if (address.type !== 'inet' || address.keepAlive !== true) return;
  const { keepAliveIdleSeconds = 0, keepAliveIntervalSeconds, keepAliveCount } = address;
  const set = socket.setKeepAlive.bind(socket) as unknown as SetKeepAlive;
  if (keepAliveIntervalSeconds === undefined) set(true, keepAliveIdleSeconds * 1000);
  else set(true, keepAliveIdleSeconds * 1000, keepAliveIntervalSeconds * 1000, keepAliveCount);
}

function refusal(message: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_ADDRESS', message);
}
