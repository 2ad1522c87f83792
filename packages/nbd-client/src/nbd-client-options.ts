import type { AioContext, Clock } from '@coaio/aio-context';
import type { ExportInfo } from '@coaio/nbd-protocol';
import type { QIOChannel, SocketAddress } from '@coaio/qio-channel';
import type { StrictOptions } from './commands/validate-request.js';
import type { NbdClientEvent } from './nbd-client-event.js';
import type { NbdTlsOptions } from './nbd-tls-options.js';

/** A URI, or options. */
export type ConnectTarget = string | URL | NbdClientOptions;

/** Where to, and how. Unknown options, and values of the wrong type, are refused by name (`NBD_BAD_ARGUMENT`). */
export interface NbdClientOptions {
  // Where to: one of these three.

  /** `nbd://HOST[:PORT]/EXPORT` or `nbd+unix:///EXPORT?socket=PATH`; `nbds:` and `nbds+unix:` require TLS. */
  uri?: string | undefined;
  address?: SocketAddress | undefined;
  /**
   * An open channel to an NBD server: the client owns it, closes it if it cannot connect, and can make one connection of it. Options that are
   * refused leave it as it is. Or what opens one, called for each connection; its signal aborts when the attempt is given up.
   */
  channel?: QIOChannel | ((signal: AbortSignal) => QIOChannel | Promise<QIOChannel>) | undefined;

  // The handshake.

  /** Default: the URI's, else '', the server's default export. */
  exportName?: string | undefined;
  /** Default: none for `nbd:`, required for `nbds:` and where this is given without a policy. */
  tls?: NbdTlsOptions | undefined;
  /** Ask for extended headers: 64-bit lengths, an experimental extension. Default true; a refusal is no error. */
  extendedHeaders?: boolean | undefined;
  /**
   * Ask for structured replies where there are no extended headers; default true. Without either a failing read tells no offset and
   * no reason, and there is no block status.
   */
  structuredReplies?: boolean | undefined;
  /** What block status is to report on; default `['base:allocation']`. A server that lacks some of them is no error. */
  metaContexts?: readonly string[] | undefined;
  /** Ask for name, description and block sizes; default true. Then the server may count on its block sizes being obeyed. */
  requestInfo?: boolean | undefined;
  /** Probe a silent peer over TCP from 10 s on; default true. An `address` that speaks of it is taken at its word. */
  keepAlive?: boolean | undefined;

  // Limits.

  /** For connecting, TLS and the handshake together, of each connection; 0 = no limit. Default 30 s. */
  openTimeoutMs?: number | undefined;
  /** For one request to the server, unless its caller says otherwise; 0, the default, = no limit. */
  requestTimeoutMs?: number | undefined;
  /** How long `close` waits for the answers to what is in flight; 0 = no limit. Default 10 s. */
  closeTimeoutMs?: number | undefined;
  /** Gives up connecting; later it ends the connection, and what is in flight fails with `NBD_CONNECTION_LOST`, whose `cause` is its reason. */
  signal?: AbortSignal | undefined;

  // Connections.

  /**
   * Between which requests are spread, 1 to 64; default 1. `connect` waits for the first one, then up to 1 s for the others: those that come
   * later, each within `openTimeoutMs`, join then.
   */
  connections?: number | undefined;
  /**
   * A lost connection is made again, at once, then after 1, 2, 4, 8 and every 16 s, and requests wait so long for it before they fail; 0: they fail at once until it is there. What was
   * in flight is sent again, writes only with `replayWrites`. Default: it is not made again.
   */
  reconnectDelayMs?: number | undefined;
  /** Try until the server is there, within `openTimeoutMs`; default false. */
  waitForServer?: boolean | undefined;
  /**
   * A server that has sent nothing for so long is sent a small read; one that is silent for as long again counts as lost. 0, the
   * default, = it is waited for. Not for servers that answer nothing while they work on something long.
   */
  livenessMs?: number | undefined;
  /** Send writes again that were in flight when a connection was lost; default false: whether they were done is unknown. */
  replayWrites?: boolean | undefined;

  // Requests.

  strict?: StrictOptions | undefined;
  /** Do writes of less than the server's minimum block size by reading the block, changing and writing it; default false: refuse them. */
  readModifyWrite?: boolean | undefined;

  // What happens meanwhile.

  /** Told what becomes of the connections. What it throws is an uncaught exception. */
  onEvent?: ((event: NbdClientEvent) => void) | undefined;
  /**
   * Asked when the export has another size, other flags or block sizes after a reconnect; true: go on with it. Default: the client
   * ends with `NBD_EXPORT_CHANGED`.
   */
  onExportChanged?: ((before: ExportInfo, after: ExportInfo) => boolean) | undefined;

  /** Where the client's coroutines run; default: the current context, or one of its own in a thread that has none. */
  context?: AioContext | undefined;
  /** For the time limits; default: real time. */
  clock?: Clock | undefined;
}
