import { AioContext, getCurrentAioContext, throwUncaught } from '@coaio/aio-context';
import { formatNbdUri, NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannel, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { Clients } from './clients.js';
import { ExportTable } from './exports/export-table.js';
import type { NbdBackend } from './exports/nbd-backend.js';
import { type ExportOptions, servedExport } from './exports/served-export.js';
import { Listeners } from './listeners.js';
import { type NbdServerOptions, type ServerSettings, serverSettings } from './nbd-server-options.js';
import { orAborted } from './or-aborted.js';
import type { ServeChannelOptions } from './serve-channel-options.js';
import { type Scope, ServerContexts } from './server-contexts.js';
import type { NbdServerStatistics } from './server-statistics.js';

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
  readonly #contexts: ServerContexts;
  readonly #exports = new ExportTable();
  readonly #listeners = new Listeners((channel) => void this.#serve(channel));
  readonly #clients: Clients;
  /** Channels that came while the server was drained, and their clients have not been greeted. */
  #ungreeted: (() => void)[] = [];
  #closing: Promise<void> | null = null;

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`; QIOChannelError `QIO_CHANNEL_TLS_CREDENTIALS`. */
  constructor(options: NbdServerOptions = {}) {
    this.#settings = guarded(serverSettings(options));
    this.#contexts = new ServerContexts(
      options.context ?? getCurrentAioContext() ?? new AioContext({ name: 'nbd-server' }),
    );
    this.#clients = new Clients(this.#exports, this.#settings, this.#contexts);
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
    this.#contexts.forget(served);
    await this.#clients.finish(this.#clients.in(served), [served]);
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
    const listener = where instanceof QIONetListener ? where : await this.#listeners.open(where);
    if (this.#closing !== null) {
      await listener.disconnect();
      this.#assertOpen('listen');
    }
    this.#listeners.add(listener);
    return this.uriAt(listener.address);
  }

  /** The URI that {@link listen} would give of `address`: for who accepts clients there by other means. */
  uriAt(address: SocketAddress): string {
    const exportName = this.#exports.mainName;
    const tls = this.#settings.tls?.policy === 'require' || this.#exports.requiresTls(exportName);
    return formatNbdUri({ tls, where: address, exportName });
  }

  /**
   * Serves one client over a channel that is open already, and owns the channel from now on.
   *
   * @param options what who has accepted it knows of it.
   * @returns when the client is gone; never rejects, `onConnectionError` is told.
   * @throws NbdUsageError `NBD_CLOSED`.
   */
  serveChannel(channel: QIOChannel, options: ServeChannelOptions = {}): Promise<void> {
    this.#assertOpen('serveChannel');
    return this.#serve(channel, options);
  }

  /** What it has done so far. */
  get statistics(): NbdServerStatistics {
    return this.#clients.statistics;
  }

  /**
   * Quiesces the server, or the connections that use one export: no request is taken, clients are held back by their sockets,
   * requests that were taken are answered and their replies written (QEMU's `drained_begin`). Then the connections are attached to
   * no context, and the backend has nothing of theirs until {@link resume}, which has to be called as often as this.
   *
   * Clients that come meanwhile wait: to be greeted, or, where one export is drained, after their handshake.
   *
   * @param options.signal what is drained goes on where it was when it aborts: for a backend that does not answer, or a client that does
   * not read.
   * @returns when all that is done.
   * @throws the signal's reason; NbdUsageError `NBD_EXPORT_UNKNOWN`, `NBD_CLOSED`.
   */
  async drain(exportName?: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#assertOpen('drain');
    options.signal?.throwIfAborted();
    const scope = this.#scope(exportName);
    this.#contexts.beginDrain(scope);
    this.#accept();
    try {
      await orAborted(this.#clients.quiesce(scope), options.signal);
    } catch (error) {
      if (this.#contexts.isDrained(scope)) this.#goOn(scope);
      throw error;
    }
  }

  /**
   * Undoes one {@link drain} (QEMU's `drained_end`). With `context`, an open one of this thread, the connections go on there from then on;
   * it waits for a drain that has not ended.
   *
   * @throws NbdUsageError `NBD_NOT_DRAINED`, `NBD_EXPORT_UNKNOWN`, `NBD_CLOSED`; AioContextError `AIO_CONTEXT_CLOSED`.
   */
  async resume({ exportName, context }: { exportName?: string; context?: AioContext } = {}): Promise<void> {
    this.#assertOpen('resume');
    const scope = this.#scope(exportName);
    this.#contexts.assertDrained(scope);
    if (context !== undefined) {
      // Told before anything has moved.
      context.createTimer(() => {}).del();
      while (!this.#clients.isQuiet(scope)) {
        await this.#clients.quiesce(scope);
        // It may have been undone meanwhile, and nobody would undo what is quiesced again.
        this.#assertOpen('resume');
        this.#contexts.assertDrained(scope);
      }
      this.#contexts.move(scope, context);
    }
    this.#goOn(scope);
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

  #scope(exportName: string | undefined): Scope {
    return exportName === undefined ? null : this.#exports.get(exportName);
  }

  /** Ends one drain of it. */
  #goOn(scope: Scope): void {
    this.#contexts.endDrain(scope);
    for (const connection of this.#clients.in(scope)) {
      const { served } = connection;
      if (this.#contexts.isDrained(served)) continue;
      connection.resume(served === null ? this.#contexts.main : this.#contexts.of(served));
    }
    this.#accept();
  }

  /** Serves the clients that come, and those that have waited, unless they are to wait. */
  #accept(): void {
    const waits = this.#contexts.isDrained(null) && this.#closing === null;
    this.#listeners.setClientFunc(waits ? null : (channel) => void this.#serve(channel));
    if (!waits) for (const serve of this.#ungreeted.splice(0)) serve();
  }

  #serve(channel: QIOChannel, options: ServeChannelOptions = {}): Promise<void> {
    if (this.#closing !== null) {
      channel.close();
      return Promise.resolve();
    }
    return this.#clients.admit(channel, options) ? this.#greet(channel, options) : Promise.resolve();
  }

  /** Once the server is not drained. */
  #greet(channel: QIOChannel, options: ServeChannelOptions): Promise<void> {
    if (this.#closing !== null) {
      this.#clients.dismiss(options);
      channel.close();
      return Promise.resolve();
    }
    if (!this.#contexts.isDrained(null)) return this.#clients.serve(channel, options);
    return new Promise((resolve) => this.#ungreeted.push(() => resolve(this.#greet(channel, options))));
  }

  async #close(): Promise<void> {
    const stopped = this.#listeners.disconnect();
    const connections = this.#clients.in(null);
    const choosing = connections.filter(({ served }) => served === null);
    // They are told while there is time: until the others have their answers.
    for (const connection of choosing) connection.refuseOptions();
    const chosen = connections.filter(({ served }) => served !== null);
    await this.#clients.finish(chosen, this.#exports.all);
    await this.#clients.finish(choosing, []);
    // They find it closing.
    this.#accept();
    await stopped;
    const backends = new Set<NbdBackend>();
    for (const name of this.#exports.names) backends.add(this.#exports.remove(name).backend);
    const closed = await Promise.allSettled([...backends].map(async (backend) => await backend.close?.()));
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }

  #assertOpen(operation: string): void {
    if (this.#closing !== null) throw new NbdUsageError('NBD_CLOSED', operation, 'the server was closed');
  }
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
