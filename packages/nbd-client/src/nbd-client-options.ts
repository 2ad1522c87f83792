import type { AioContext, Clock } from '@coaio/aio-context';
import type { QIOChannel, SocketAddress } from '@coaio/qio-channel';
import type { NbdTlsOptions } from './nbd-tls-options.js';
import type { StrictOptions } from './requests/validate-request.js';

/** Where to, and how. Unknown options, and values of the wrong type, are refused by name (`NBD_BAD_ARGUMENT`). */
export interface NbdClientOptions {
  // Where to: one of these three.

  /** `nbd://HOST[:PORT]/EXPORT` or `nbd+unix:///EXPORT?socket=PATH`; `nbds:` and `nbds+unix:` require TLS. */
  uri?: string;
  address?: SocketAddress;
  /** An open channel to an NBD server. The client owns it, and closes it if it cannot connect. Good for one connection. */
  channel?: QIOChannel;

  // The handshake.

  /** Default: the URI's, else '', the server's default export. */
  exportName?: string;
  /** Default: none for `nbd:`, required for `nbds:` and where this is given without a policy. */
  tls?: NbdTlsOptions;
  /** Ask for extended headers: 64-bit lengths, an experimental extension. Default true; a refusal is no error. */
  extendedHeaders?: boolean;
  /**
   * Ask for structured replies where there are no extended headers; default true. Without either a failing read tells no offset and
   * no reason, and there is no block status.
   */
  structuredReplies?: boolean;
  /** What block status is to report on; default `['base:allocation']`. A server that lacks some of them is no error. */
  metaContexts?: readonly string[];
  /** Ask for name, description and block sizes; default true. Then the server may count on its block sizes being obeyed. */
  requestInfo?: boolean;
  /** Probe a silent peer over TCP from 10 s on; default true. An `address` that speaks of it is taken at its word. */
  keepAlive?: boolean;

  // Limits.

  /** For connecting, TLS and the handshake together; 0 = no limit. Default 30 s. */
  openTimeoutMs?: number;
  /** For one request, unless that says otherwise; 0, the default, = no limit. */
  requestTimeoutMs?: number;
  /** How long `close` waits for the answers to what is in flight; 0 = no limit. Default 10 s. */
  closeTimeoutMs?: number;
  /** Gives up connecting; later it ends the connection, and what is in flight fails with its reason. */
  signal?: AbortSignal;

  // Connections.

  /** Between which requests are spread, 1 to 64; default 1. */
  connections?: number;
  /** How long requests wait for a lost connection to come back before they fail. Default: it is not made again. */
  reconnectDelayMs?: number;
  /** Try until the server is there, within `openTimeoutMs`; default false. */
  waitForServer?: boolean;
  /** Silence, with requests in flight, after which a connection counts as lost; 0, the default, = for ever. */
  livenessMs?: number;
  /** Send writes again that were in flight when a connection was lost; default false: whether they were done is unknown. */
  replayWrites?: boolean;

  // Requests.

  strict?: StrictOptions;
  /** Widen requests to the server's minimum block size; default false. */
  readModifyWrite?: boolean;

  // What happens meanwhile.

  /** Told what becomes of the connections. */
  onEvent?: (event: unknown) => void;
  /** Told when an export is not the same after a reconnect. */
  onExportChanged?: (change: unknown) => void;

  /** Where the client's coroutines run; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext;
  /** For the time limits; default: real time. */
  clock?: Clock;
}
