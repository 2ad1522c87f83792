import { type AioContext, type Clock, realtimeClock } from '@coaio/aio-context';
import { NbdUsageError } from '@coaio/nbd-protocol';

export interface NbdServerOptions {
  /** A client that has not chosen an export by then is dropped; 0 = no limit. Default 10 s. */
  handshakeTimeoutMs?: number;
  /** Where the server's coroutines run; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext;
  /** For the time limits; default: real time. */
  clock?: Clock;
  /** A client beyond it is dropped at once. Default: no limit. */
  maxConnections?: number;
  /** Requests of one connection that the backend may have at once; default 64. */
  maxInFlight?: number;
  /**
   * Bytes that one connection may hold: payloads of the requests in flight and replies that are not written yet.
   * Default 16 MiB, which is 64 requests of 256 KiB. A single larger request is served when nothing else is held.
   */
  maxInFlightBytes?: number;
  /** Offer structured replies; default true. Off, for the tests of a client. */
  structuredReplies?: boolean;
  /** Told why a connection ended other than as its client wished. */
  onConnectionError?: (error: unknown, clientName: string) => void;
}

/** {@link NbdServerOptions} with the defaults filled in. */
export interface ServerSettings {
  readonly handshakeTimeoutMs: number;
  readonly clock: Clock;
  readonly maxConnections: number;
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  readonly structuredReplies: boolean;
  readonly onConnectionError: (error: unknown, clientName: string) => void;
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`. */
export function serverSettings(options: NbdServerOptions): ServerSettings {
  return {
    handshakeTimeoutMs: atLeast(0, 'handshakeTimeoutMs', options.handshakeTimeoutMs ?? 10_000),
    clock: options.clock ?? realtimeClock,
    maxConnections: atLeast(1, 'maxConnections', options.maxConnections ?? Number.POSITIVE_INFINITY),
    maxInFlight: atLeast(1, 'maxInFlight', options.maxInFlight ?? 64),
    maxInFlightBytes: atLeast(1, 'maxInFlightBytes', options.maxInFlightBytes ?? 16 * 1024 * 1024),
    structuredReplies: options.structuredReplies ?? true,
    onConnectionError: options.onConnectionError ?? (() => {}),
  };
}

function atLeast(least: number, name: string, value: number): number {
  if (typeof value === 'number' && value >= least) return value;
  throw new NbdUsageError(
    'NBD_BAD_ARGUMENT',
    'NbdServer',
    `${name} ${value} is not a number from ${least} on`,
  );
}
