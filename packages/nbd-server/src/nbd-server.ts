import { AioContext, getCurrentAioContext, throwUncaught } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { formatNbdUri, NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { ClientDroppedError } from './client-dropped-error.js';
import { Connection } from './connection/connection.js';
import { RequestCounts } from './connection/request-counts.js';
import { ExportTable } from './exports/export-table.js';
import type { NbdBackend } from './exports/nbd-backend.js';
import { type ExportOptions, servedExport } from './exports/served-export.js';
import { type NbdServerOptions, type ServerSettings, serverSettings } from './nbd-server-options.js';
import type { NbdServerStatistics } from './server-statistics.js';

/** How long `close` and `removeExport` wait for the answers to what is in flight. */
const DRAIN_LIMIT_MS = 5000;
const NS_PER_MS = 1e6;

/**
 * Serves backends under names to NBD clients (QEMU's NBD server).
 *
 * In order: {@link addExport}, {@link listen}, and {@link close} at the end. Exports and addresses may come and go
 * while clients are connected.
 *
 * @thread home: used by the thread that made it.
 */
export class NbdServer {
  readonly #settings: ServerSettings;
  readonly #context: AioContext;
  readonly #exports = new ExportTable();
  readonly #listeners = new Set<QIONetListener>();
  /** Each with the promise of its end, which never rejects. */
  readonly #connections = new Map<Connection, Promise<void>>();
  /** Of the connections that have ended. */
  readonly #ended = new RequestCounts();
  #accepted = 0;
  #closing: Promise<void> | null = null;

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`; QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`. */
  constructor(options: NbdServerOptions = {}) {
    this.#settings = guarded(serverSettings(options));
    this.#context = options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'nbd-server' });
  }

  /**
   * Offers `backend` under `name`; '' is the default export, which clients get that name none. The server closes the
   * backend when the last export made of it is gone.
   *
   * @throws NbdUsageError `NBD_EXPORT_EXISTS`, `NBD_BAD_EXPORT`, `NBD_BAD_ARGUMENT` (block sizes; TLS that the
   * server does not have), `NBD_CLOSED`.
   */
  addExport(name: string, backend: NbdBackend, options: ExportOptions = {}): void {
    this.#assertOpen('addExport');
    if (options.tlsRequired === true && this.#settings.tls === null) {
      const detail = 'tlsRequired, and the server was made without tls';
      throw new NbdUsageError('NBD_BAD_ARGUMENT', `export "${name}"`, detail);
    }
    this.#exports.add(servedExport(name, backend, options));
  }

  /**
   * Offers it no longer, ends the connections that use it as {@link close} does, and closes the backend.
   *
   * @throws NbdUsageError `NBD_EXPORT_UNKNOWN`; what the backend's `close` throws.
   */
  async removeExport(name: string): Promise<void> {
    const served = this.#exports.remove(name);
    await this.#drain([...this.#connections.keys()].filter((connection) => connection.served === served));
    if (!this.#exports.uses(served.backend)) await served.backend.close?.();
  }

  /**
   * Takes the size that its backend has now. Clients that come are told it; requests of those that are connected are
   * judged by it from now on, but NBD has no way to tell them.
   *
   * @throws NbdUsageError `NBD_EXPORT_UNKNOWN`; `NBD_BAD_EXPORT`: no size, and the export keeps the one it had.
   */
  resizeExport(name: string): void {
    this.#exports.resize(name);
  }

  /**
   * Listens at an address too, where port 0 lets the system choose, or serves the clients of a listener, which is the server's from now on.
   *
   * @returns the URI of the default export there, or of the first if there is no default one.
   * @throws QIOChannelError `QIO_CHANNEL_LISTEN`, `QIO_CHANNEL_ADDRESS`; NbdUsageError `NBD_CLOSED`.
   */
  async listen(where: SocketAddress | QIONetListener): Promise<string> {
    this.#assertOpen('listen');
    const listener = where instanceof QIONetListener ? where : await QIONetListener.open(where);
    if (this.#closing !== null) {
      await listener.disconnect();
      this.#assertOpen('listen');
    }
    this.#listeners.add(listener);
    listener.setClientFunc((channel) => void this.#serve(channel));
    const exportName = this.#exports.mainName;
    const tls = this.#settings.tls?.policy === 'require' || this.#exports.requiresTls(exportName);
    return formatNbdUri({ tls, where: listener.address, exportName });
  }

  /**
   * Serves one client over a channel that is open already, and owns the channel from now on.
   *
   * @returns when the client is gone; never rejects, `onConnectionError` is told.
   * @throws NbdUsageError `NBD_CLOSED`.
   */
  serveChannel(channel: QIOChannel): Promise<void> {
    this.#assertOpen('serveChannel');
    return this.#serve(channel);
  }

  /** What it has done so far. */
  get statistics(): NbdServerStatistics {
    const counts = new RequestCounts();
    counts.add(this.#ended);
    for (const connection of this.#connections.keys()) counts.add(connection.counts);
    return { connections: this.#connections.size, accepted: this.#accepted, ...counts.statistics };
  }

  /**
   * Stops listening, answers the requests that were taken, ends every connection and closes the backends. It waits at
   * most 5 s for answers. Again: waits for the same end.
   *
   * @throws what the `close` of a backend throws, once all else is done.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #serve(channel: QIOChannel): Promise<void> {
    const { maxConnections, onConnectionError, onConnectionEnd, clock } = this.#settings;
    if (this.#closing !== null || this.#connections.size >= maxConnections) {
      channel.close();
      if (this.#closing === null) {
        const detail = `${maxConnections} clients are connected, which is the limit`;
        onConnectionError(new ClientDroppedError('NBD_TOO_MANY_CONNECTIONS', 'accept', detail), channel.name);
      }
      return Promise.resolve();
    }
    channel.setFollowCoroutineCtx(true);
    const connection = new Connection(channel, this.#exports, this.#settings, this.#context);
    this.#accepted++;
    const startedAt = Date.now();
    const startNs = clock.nowNs();
    const ended = coRun(() => connection.serve(), { context: this.#context, name: channel.name }).finally(
      () => {
        this.#connections.delete(connection);
        this.#ended.add(connection.counts);
        onConnectionEnd({
          clientName: channel.name,
          address: channel instanceof QIOChannelSocket ? inetOf(channel.remoteAddress) : null,
          exportName: connection.served?.info.name ?? null,
          tls: connection.isSecured,
          startedAt,
          durationMs: (clock.nowNs() - startNs) / NS_PER_MS,
          requests: connection.counts.statistics,
          error: connection.failure,
        });
      },
    );
    this.#connections.set(connection, ended);
    return ended;
  }

  async #close(): Promise<void> {
    const stopped = [...this.#listeners].map((listener) => listener.disconnect());
    const connections = [...this.#connections.keys()];
    const choosing = connections.filter(({ served }) => served === null);
    // They are told while there is time: until the others have their answers.
    for (const connection of choosing) connection.refuseOptions();
    await this.#drain(connections.filter(({ served }) => served !== null));
    await this.#drain(choosing);
    await Promise.all(stopped);
    const backends = new Set<NbdBackend>();
    for (const name of this.#exports.names) backends.add(this.#exports.remove(name).backend);
    const closed = await Promise.allSettled([...backends].map(async (backend) => await backend.close?.()));
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  async #drain(connections: readonly Connection[]): Promise<void> {
    const { clock } = this.#settings;
    const detail = `requests were still in flight ${DRAIN_LIMIT_MS} ms after the server began to close`;
    const limit = this.#context.createTimer(() => {
      for (const connection of connections) {
        connection.abort(new ClientDroppedError('NBD_CLOSE_TIMEOUT', 'close', detail));
      }
    }, clock);
    limit.mod(clock.nowNs() + DRAIN_LIMIT_MS * NS_PER_MS);
    try {
      for (const connection of connections) connection.drain();
      await Promise.all(connections.map((connection) => this.#connections.get(connection)));
    } finally {
      limit.del();
    }
  }

  #assertOpen(operation: string): void {
    if (this.#closing !== null) throw new NbdUsageError('NBD_CLOSED', operation, 'the server was closed');
  }
}

/** A client of a Unix socket has no address. */
function inetOf(address: SocketAddress | null): SocketAddress | null {
  return address?.type === 'inet' ? address : null;
}

/** A listener that throws is a bug of its author, and must not become one of the connection. */
function guarded(settings: ServerSettings): ServerSettings {
  const { onConnectionError, onConnectionEnd } = settings;
  return {
    ...settings,
    onConnectionError: uncaughtOf(onConnectionError),
    onConnectionEnd: uncaughtOf(onConnectionEnd),
  };
}

function uncaughtOf<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (thrown) {
      throwUncaught(thrown);
    }
  };
}
