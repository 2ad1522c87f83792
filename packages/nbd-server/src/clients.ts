import { getCurrentAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { type QIOChannel, QIOChannelSocket, type SocketAddress } from '@coaio/qio-channel';
import { ClientDroppedError } from './client-dropped-error.js';
import { Connection } from './connection/connection.js';
import { RequestCounts } from './connection/request-counts.js';
import type { ExportTable } from './exports/export-table.js';
import type { ServedExport } from './exports/served-export.js';
import { FreeMemory } from './free-memory.js';
import type { ServerSettings } from './nbd-server-options.js';
import type { ServeChannelOptions } from './serve-channel-options.js';
import type { Scope, ServerContexts } from './server-contexts.js';
import type { ServerMemory } from './server-memory.js';
import type { NbdServerStatistics } from './server-statistics.js';
import { TotalInFlight } from './total-in-flight.js';

/** How long the end of connections waits for the answers to what is in flight. */
const FINISH_LIMIT_MS = 5000;
const NS_PER_MS = 1e6;

/** The clients that a server serves, and what it has done for those that it served. */
export class Clients {
  readonly #exports: ExportTable;
  readonly #settings: ServerSettings;
  readonly #contexts: ServerContexts;
  readonly #memory: ServerMemory;
  /** Each with the promise of its end, which never rejects. */
  readonly #connections = new Map<Connection, Promise<void>>();
  /** Of the connections that have ended. */
  readonly #ended = new RequestCounts();
  #accepted = 0;
  /** Those that were admitted and are not gone. */
  #admitted = 0;

  constructor(exports: ExportTable, settings: ServerSettings, contexts: ServerContexts) {
    this.#exports = exports;
    this.#settings = settings;
    this.#contexts = contexts;
    this.#memory = { total: new TotalInFlight(settings.maxTotalInFlightBytes), free: new FreeMemory() };
  }

  get statistics(): NbdServerStatistics {
    const counts = new RequestCounts();
    counts.add(this.#ended);
    for (const connection of this.#connections.keys()) counts.add(connection.counts);
    return { connections: this.#connections.size, accepted: this.#accepted, ...counts.statistics };
  }

  /** The connections that are in it. */
  in(scope: Scope): Connection[] {
    return [...this.#connections.keys()].filter(({ served }) => scope === null || served === scope);
  }

  /** A client has come, which is to be served, or dismissed. @returns false: it is one too many, and was dropped. */
  admit(channel: QIOChannel, { limit = null }: ServeChannelOptions): boolean {
    const { maxConnections, onConnectionError } = this.#settings;
    const max = this.#admitted >= maxConnections ? maxConnections : limit?.max;
    if (this.#admitted >= maxConnections || limit?.enter() === false) {
      channel.close();
      const detail = `${max} clients are connected, which is the limit`;
      onConnectionError(new ClientDroppedError('NBD_TOO_MANY_CONNECTIONS', 'accept', detail), channel.name);
      return false;
    }
    this.#admitted++;
    return true;
  }

  /** One that was admitted is not served, or is gone. */
  dismiss({ limit = null }: ServeChannelOptions): void {
    this.#admitted--;
    limit?.leave();
  }

  /** @param channel was admitted. @returns when the client is gone; never rejects. */
  serve(channel: QIOChannel, options: ServeChannelOptions): Promise<void> {
    const { clock } = this.#settings;
    channel.setFollowCoroutineCtx(true);
    const connection = new Connection(channel, this.#exports, this.#settings, this.#contexts, this.#memory);
    this.#accepted++;
    const start = { startedAt: Date.now(), startNs: clock.nowNs() };
    const ended = coRun(() => connection.serve(), {
      context: this.#contexts.main,
      name: channel.name,
    }).finally(() => {
      this.dismiss(options);
      this.#left(connection, channel, options.address ?? addressOf(channel), start);
    });
    this.#connections.set(connection, ended);
    return ended;
  }

  /** Has each take no request any more, until it is resumed. @returns once no backend has one either, of a client that is gone. */
  async quiesce(scope: Scope): Promise<void> {
    await Promise.all(this.in(scope).map((connection) => connection.quiesce()));
    await this.#backendsIdle(scope === null ? this.#exports.all : [scope]);
  }

  /** Whether {@link quiesce} has nothing to wait for. */
  isQuiet(scope: Scope): boolean {
    const exports = scope === null ? this.#exports.all : [scope];
    return (
      exports.every(({ requests }) => requests.isIdle) && !this.in(scope).some(({ isAttached }) => isAttached)
    );
  }

  /** Answers the requests that were taken and ends them, and has the backends of `exports` end what they have, for 5 s at most. */
  async finish(connections: readonly Connection[], exports: readonly ServedExport[]): Promise<void> {
    const { clock } = this.#settings;
    const detail = `requests were still in flight ${FINISH_LIMIT_MS} ms after the server began to close`;
    // That of the connections may be closed, if they are drained.
    const context = getCurrentAioContext() ?? this.#contexts.main;
    let giveUp = (): void => {};
    const limited = new Promise<void>((resolve) => (giveUp = resolve));
    const limit = context.createTimer(() => {
      for (const connection of connections) {
        connection.abort(new ClientDroppedError('NBD_CLOSE_TIMEOUT', 'close', detail));
      }
      giveUp();
    }, clock);
    limit.mod(clock.nowNs() + FINISH_LIMIT_MS * NS_PER_MS);
    try {
      for (const connection of connections) connection.finish();
      await Promise.all(connections.map((connection) => this.#connections.get(connection)));
      await Promise.race([this.#backendsIdle(exports), limited]);
    } finally {
      limit.del();
    }
  }

  async #backendsIdle(exports: readonly ServedExport[]): Promise<void> {
    await Promise.all(exports.map(({ requests }) => requests.idle()));
  }

  #left(
    connection: Connection,
    { name: clientName }: QIOChannel,
    address: SocketAddress | null,
    { startedAt, startNs }: { startedAt: number; startNs: number },
  ): void {
    const { clock, onConnectionEnd } = this.#settings;
    this.#connections.delete(connection);
    this.#ended.add(connection.counts);
    onConnectionEnd({
      clientName,
      // A client of a Unix socket has none.
      address: address?.type === 'inet' ? address : null,
      exportName: connection.served?.info.name ?? null,
      tls: connection.isSecured,
      startedAt,
      durationMs: (clock.nowNs() - startNs) / NS_PER_MS,
      requests: connection.counts.statistics,
      error: connection.failure,
    });
  }
}

function addressOf(channel: QIOChannel): SocketAddress | null {
  return channel instanceof QIOChannelSocket ? channel.remoteAddress : null;
}
