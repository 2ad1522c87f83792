import { type AioContext, type Clock, realtimeClock } from '@coaio/aio-context';
import {
  DEFAULT_BLOCK_SIZE,
  NBD_FLAG_FIXED_NEWSTYLE,
  NBD_FLAG_NO_ZEROES,
  NbdUsageError,
  type ServerHandshakeOptions,
} from '@coaio/nbd-protocol';
import { type NbdServerTls, type TlsSettings, tlsSettings } from './nbd-server-tls.js';
import { checkOptions, type OptionTypes } from './option-checks.js';
import type { NbdConnectionSummary } from './server-statistics.js';

/** What a server's `maxTotalInFlightBytes` must allow: the largest request. */
export const LEAST_TOTAL_IN_FLIGHT = DEFAULT_BLOCK_SIZE.maximum;
export const DEFAULT_TOTAL_IN_FLIGHT = 256 * 1024 * 1024;

/** What clients are offered. Each is on; off plays a server that does not have it, for the tests of a client. */
export interface NbdServerFeatures {
  structuredReplies?: boolean | undefined;
  /** The experimental extension: 64-bit lengths, and block status limited to some contexts. Off if structured replies are, unless told. */
  extendedHeaders?: boolean | undefined;
  /** `base:allocation` and what the backends have beside it. */
  metaContexts?: boolean | undefined;
  /** Answer those who ask for a list of the exports; off, they are refused for policy. */
  list?: boolean | undefined;
  /** Option haggling with replies. Off, a client can name an export and nothing else. */
  fixedNewstyle?: boolean | undefined;
}

export interface NbdServerOptions extends NbdServerFeatures {
  /** Default: none, and all can be read on the way. */
  tls?: NbdServerTls | undefined;
  /** Refuse clients that do not ask for the block sizes of their export; default false. */
  requireBlockSize?: boolean | undefined;
  /** No handshake: every client gets the default export, and simple replies. For the tests of a client; default false. */
  oldstyle?: boolean | undefined;
  /** A client that has not chosen an export by then is dropped; 0 = no limit. Default 10 s. */
  handshakeTimeoutMs?: number | undefined;
  /**
   * A client that is owed replies and takes none of them for that long is dropped; 0 = never. Default 5 minutes, for it may have been
   * paused. A reply of more than 1 MiB has to make a MiB of progress in that time.
   */
  writeTimeoutMs?: number | undefined;
  /** A client that sends nothing for that long, and is owed nothing, is dropped; default 0 = never. */
  idleTimeoutMs?: number | undefined;
  /** Where the server's coroutines run; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext | undefined;
  /** For the time limits; default: real time. */
  clock?: Clock | undefined;
  /** A client beyond it is dropped at once. Default: no limit. */
  maxConnections?: number | undefined;
  /** Requests of one connection that the backend may have at once; default 64. */
  maxInFlight?: number | undefined;
  /**
   * Bytes that one connection may hold: payloads of the requests in flight and replies that are not written yet.
   * Default 16 MiB, which is 64 requests of 256 KiB. A single larger request is served when nothing else is held.
   */
  maxInFlightBytes?: number | undefined;
  /**
   * Bytes that all connections may hold together, but for 256 KiB that each has to itself. Who needs more waits, and has its turn before those
   * that hold more. At least 32 MiB, the largest request; default 256 MiB.
   */
  maxTotalInFlightBytes?: number | undefined;
  /** Told why a connection ended other than as its client wished. */
  onConnectionError?: ((error: unknown, clientName: string) => void) | undefined;
  /** Told of each connection once it has ended, whatever the reason. */
  onConnectionEnd?: ((summary: NbdConnectionSummary) => void) | undefined;
}

const TYPES: OptionTypes<NbdServerOptions> = {
  structuredReplies: 'boolean',
  extendedHeaders: 'boolean',
  metaContexts: 'boolean',
  list: 'boolean',
  fixedNewstyle: 'boolean',
  tls: 'object',
  requireBlockSize: 'boolean',
  oldstyle: 'boolean',
  handshakeTimeoutMs: 'number',
  writeTimeoutMs: 'number',
  idleTimeoutMs: 'number',
  context: 'object',
  clock: 'object',
  maxConnections: 'number',
  maxInFlight: 'number',
  maxInFlightBytes: 'number',
  maxTotalInFlightBytes: 'number',
  onConnectionError: 'function',
  onConnectionEnd: 'function',
};

/** {@link NbdServerOptions} with the defaults filled in. */
export interface ServerSettings {
  readonly tls: TlsSettings | null;
  readonly offers: Omit<ServerHandshakeOptions, 'directory'>;
  readonly oldstyle: boolean;
  readonly handshakeTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  readonly maxConnections: number;
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  readonly maxTotalInFlightBytes: number;
  readonly onConnectionError: (error: unknown, clientName: string) => void;
  readonly onConnectionEnd: (summary: NbdConnectionSummary) => void;
}

/** @throws NbdUsageError `NBD_BAD_ARGUMENT`; QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`. */
export function serverSettings(options: NbdServerOptions): ServerSettings {
  checkOptions('NbdServer', '', TYPES, options);
  const { oldstyle = false, fixedNewstyle = true } = options;
  const tls = options.tls === undefined ? null : tlsSettings(options.tls);
  if (tls?.policy === 'require' && (oldstyle || !fixedNewstyle)) {
    throw wrong('tls.policy "require" needs option haggling, which is switched off');
  }
  return {
    tls,
    offers: {
      structuredReplies: options.structuredReplies ?? true,
      extendedHeaders: options.extendedHeaders ?? options.structuredReplies ?? true,
      metaContexts: options.metaContexts ?? true,
      list: options.list ?? true,
      requireBlockSize: options.requireBlockSize ?? false,
      tls: tls?.policy ?? 'disable',
      handshakeFlags: NBD_FLAG_NO_ZEROES | (fixedNewstyle ? NBD_FLAG_FIXED_NEWSTYLE : 0),
    },
    oldstyle,
    handshakeTimeoutMs: atLeast(0, 'handshakeTimeoutMs', options.handshakeTimeoutMs ?? 10_000),
    writeTimeoutMs: atLeast(0, 'writeTimeoutMs', options.writeTimeoutMs ?? 300_000),
    idleTimeoutMs: atLeast(0, 'idleTimeoutMs', options.idleTimeoutMs ?? 0),
    clock: options.clock ?? realtimeClock,
    maxConnections: atLeast(1, 'maxConnections', options.maxConnections ?? Number.POSITIVE_INFINITY),
    maxInFlight: atLeast(1, 'maxInFlight', options.maxInFlight ?? 64),
    maxInFlightBytes: atLeast(1, 'maxInFlightBytes', options.maxInFlightBytes ?? 16 * 1024 * 1024),
    maxTotalInFlightBytes: atLeast(
      LEAST_TOTAL_IN_FLIGHT,
      'maxTotalInFlightBytes',
      options.maxTotalInFlightBytes ?? DEFAULT_TOTAL_IN_FLIGHT,
    ),
    onConnectionError: options.onConnectionError ?? (() => {}),
    onConnectionEnd: options.onConnectionEnd ?? (() => {}),
  };
}

function atLeast(least: number, name: string, value: number): number {
  if (typeof value === 'number' && value >= least) return value;
  throw wrong(`${name} ${value} is not a number from ${least} on`);
}

function wrong(detail: string): NbdUsageError {
  return new NbdUsageError('NBD_BAD_ARGUMENT', 'NbdServer', detail);
}
