import { QIOChannelError } from '../qio-channel-error.js';
import { formatAddress, type SocketAddress } from './socket-address.js';

/** What becomes of a client that comes while `maxConnections` are connected. */
export type WhenFull = 'wait' | 'refuse';

export interface NetListenerOptions {
  /**
   * Clients that may wait for their turn, at each address in the system and once more in the listener: default 511. One more is closed
   * at once. A waiting client is connected and hears nothing; each holds a descriptor.
   */
  backlog?: number | undefined;
  /** Channels given out and not yet closed; default: no limit. A channel that is closed makes room for the next. */
  maxConnections?: number | undefined;
  /** Default `wait`, as `qemu-nbd` has it. `refuse` closes the client's connection at once. */
  whenFull?: WhenFull | undefined;
  /**
   * Told when the system fails to accept a client, once until it works again. The listener goes on. Default: a process warning. Of
   * a process without free descriptors nothing is told: libuv closes the clients that come meanwhile.
   */
  onError?: ((error: QIOChannelError) => void) | undefined;
  /**
   * Several listeners, each in a thread or process of its own, at one TCP port: the system gives each new client to one of
   * them (`SO_REUSEPORT`). Needs Node 22.12 or 23.1.
   */
  reusePort?: boolean | undefined;
  /**
   * Who may connect to a Unix socket, as for `chmod`; default: what the umask leaves. It is set right after the socket is there:
   * where an instant matters, put it in a folder that is closed to others.
   */
  mode?: number | undefined;
}

export interface NetListenerSettings {
  readonly backlog: number;
  readonly maxConnections: number;
  readonly whenFull: WhenFull;
  readonly onError: ((error: QIOChannelError) => void) | null;
  readonly reusePort: boolean;
  readonly mode: number | null;
}

/**
 * What `options` say of a listener at `addresses`, checked.
 *
 * @throws QIOChannelError `QIO_CHANNEL_BAD_ARGUMENT`; `QIO_CHANNEL_UNSUPPORTED`: `reusePort` with a Node that ignores it, or a Unix socket.
 */
export function netListenerSettings(
  options: NetListenerOptions,
  addresses: readonly SocketAddress[],
): NetListenerSettings {
  const { backlog = 511, maxConnections, whenFull = 'wait', onError, reusePort = false, mode } = options;
  assertInteger('backlog', backlog, 1, 0x7fffffff);
  if (maxConnections !== undefined && maxConnections !== Number.POSITIVE_INFINITY) {
    assertInteger('maxConnections', maxConnections, 1, Number.MAX_SAFE_INTEGER);
  }
  if (mode !== undefined) assertInteger('mode', mode, 0, 0o777);
  if (whenFull !== 'wait' && whenFull !== 'refuse') {
    throw badArgument(`whenFull is ${JSON.stringify(whenFull)}, not "wait" or "refuse"`);
  }
  for (const address of addresses) {
    if (address.type !== 'unix') continue;
    if (mode !== undefined && address.abstract === true) {
      throw badArgument(`mode ${mode.toString(8)} for ${formatAddress(address)}, which is no file`);
    }
    if (reusePort) throw unsupported(`reusePort is for TCP, not for ${formatAddress(address)}`);
  }
  if (reusePort && !knowsReusePort(process.versions.node)) {
    throw unsupported(`reusePort needs Node 22.12, 23.1 or later, this is ${process.version}`);
  }
  return {
    backlog,
    maxConnections: maxConnections ?? Number.POSITIVE_INFINITY,
    whenFull,
    onError: onError ?? null,
    reusePort,
    mode: mode ?? null,
  };
}

/** Older ones drop the option without a word, and the second listener would find the port taken. */
function knowsReusePort(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 24 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

function assertInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw badArgument(`${name} is ${value}, allowed are the integers from ${min} to ${max}`);
  }
}

function badArgument(message: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_BAD_ARGUMENT', `listen: ${message}`);
}

function unsupported(message: string): QIOChannelError {
  return new QIOChannelError('QIO_CHANNEL_UNSUPPORTED', `listen: ${message}`);
}
