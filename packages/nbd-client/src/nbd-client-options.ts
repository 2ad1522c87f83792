import type { AioContext, Clock } from '@coaio/aio-context';
import { NbdUsageError, parseNbdUri } from '@coaio/nbd-protocol';
import type { QIOChannel, SocketAddress } from '@coaio/qio-channel';
import type { StrictOptions } from './requests/validate-request.js';

export interface NbdClientOptions {
  /** `nbd://HOST[:PORT]/EXPORT` or `nbd+unix:///EXPORT?socket=PATH`. One of `uri`, `address` and `channel` is needed. */
  uri?: string;
  address?: SocketAddress;
  /** An open channel to an NBD server. The client owns it, and closes it if it cannot connect. */
  channel?: QIOChannel;
  /** Default: the URI's, else '', the server's default export. */
  exportName?: string;
  /** For connecting and the handshake together; 0 = no limit. Default 30 s. */
  openTimeoutMs?: number;
  /** How long `close` waits for the answers to what is in flight; 0 = no limit. Default 10 s. */
  closeTimeoutMs?: number;
  /** Gives up connecting; later it ends the connection, and what is in flight fails with its reason. */
  signal?: AbortSignal;
  strict?: StrictOptions;
  /** Ask for structured replies; default true. Without them a failing read tells no offset and no reason. */
  structuredReplies?: boolean;
  /** Where the client's coroutines run; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext;
  /** For the time limits; default: real time. */
  clock?: Clock;
}

/** `options` as they are used: where to, which export, which limits. */
export interface ConnectPlan {
  where: { channel: QIOChannel } | { address: SocketAddress };
  exportName: string;
  openTimeoutMs: number;
  closeTimeoutMs: number;
  options: NbdClientOptions;
}

/** @throws NbdUsageError `NBD_BAD_URI`, `NBD_BAD_ARGUMENT`, `NBD_TLS_UNSUPPORTED`. */
export function planConnect(target: string | NbdClientOptions): ConnectPlan {
  const options: NbdClientOptions = typeof target === 'string' ? { uri: target } : target;
  if (typeof options !== 'object' || options === null) {
    throw new NbdUsageError('NBD_BAD_ARGUMENT', 'connect', `${options} is neither a URI nor options`);
  }
  try {
    return checkedPlan(options);
  } catch (error) {
    options.channel?.close();
    throw error;
  }
}

function checkedPlan(options: NbdClientOptions): ConnectPlan {
  const given = [options.uri, options.address, options.channel].filter((way) => way !== undefined);
  if (given.length !== 1) {
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      'connect',
      `give one of uri, address and channel, not ${given.length} of them`,
    );
  }
  const plan = {
    openTimeoutMs: timeout('openTimeoutMs', options.openTimeoutMs, 30_000),
    closeTimeoutMs: timeout('closeTimeoutMs', options.closeTimeoutMs, 10_000),
    options,
  };
  if (options.channel !== undefined) {
    return { ...plan, where: { channel: options.channel }, exportName: options.exportName ?? '' };
  }
  if (options.address !== undefined) {
    return { ...plan, where: { address: options.address }, exportName: options.exportName ?? '' };
  }
  const uri = parseNbdUri(options.uri ?? '');
  if (uri.tls) {
    throw new NbdUsageError('NBD_TLS_UNSUPPORTED', 'connect', `TLS is not supported yet: "${options.uri}"`);
  }
  return { ...plan, where: { address: uri.where }, exportName: options.exportName ?? uri.exportName };
}

function timeout(name: string, value: number | undefined, fallback: number): number {
  const ms = value ?? fallback;
  if (!Number.isFinite(ms) || ms < 0) {
    throw new NbdUsageError(
      'NBD_BAD_ARGUMENT',
      'connect',
      `${name} ${ms} is not a number of milliseconds from 0 on`,
    );
  }
  return ms;
}
