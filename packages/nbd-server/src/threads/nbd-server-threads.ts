import type { IOThreadOptions } from '@coaio/aio-context';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { Listeners } from '../listeners.js';
import { orAborted } from '../or-aborted.js';
import { type NbdServerStatistics, sumOfStatistics } from '../server-statistics.js';
import { ServerIOThread } from './server-io-thread.js';
import { SharedConnectionLimit, type SharedLimitHandle } from './shared-connection-limit.js';

export interface NbdServerThreadsOptions {
  /** How many. */
  threads: number;
  /** The absolute URL of a module that makes the server of a thread. */
  moduleUrl: string | URL;
  /**
   * Its function that returns an `NbdServer` with its exports, called once in each thread. All have to serve the same disks: a client may have
   * connections to several, and what one thread has flushed must be so for all.
   */
  exportName: string;
  /** What it is called with; structured-cloned, so memory has to be shared (`MemoryExport.share`, `SharedArrayBuffer`). */
  args?: readonly unknown[] | undefined;
  /** A client beyond it, of all threads together, is dropped at once. Default: no limit. */
  maxConnections?: number | undefined;
  /** How the threads poll before they sleep. */
  ioThread?: Omit<IOThreadOptions, 'name'> | undefined;
  /** A thread has ended by itself, with its clients; the others go on. */
  onThreadDeath?: ((error: unknown) => void) | undefined;
}

/**
 * A server in several threads behind one address: each thread has a server and backends of its own, and runs the connections that it is given
 * (QEMU's exports with several IOThreads).
 *
 * A thread that dies takes its clients with it. Those that come get the others, until none is left: then they are dropped.
 *
 * @thread home: used by the thread that made it.
 */
export class NbdServerThreads {
  readonly #threads: readonly ServerIOThread[];
  readonly #listeners = new Listeners((channel) => void this.#hand(channel as QIOChannelSocket));
  #drains = 0;
  #closing: Promise<void> | null = null;

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`; AioContextError; what the module's function throws. No thread is left then. */
  static async start(options: NbdServerThreadsOptions): Promise<NbdServerThreads> {
    const { threads: count, moduleUrl, exportName, args = [], ioThread, maxConnections } = options;
    assertCount('threads', count);
    if (maxConnections !== undefined) assertCount('maxConnections', maxConnections);
    const limit =
      maxConnections === undefined ? null : SharedConnectionLimit.handleFor(count, maxConnections);
    const threads: ServerIOThread[] = [];
    try {
      while (threads.length < count) {
        const index = threads.length;
        const thread = await ServerIOThread.start({ ...ioThread, name: `nbd-server ${index + 1}` });
        threads.push(thread);
        await thread.run('make', String(moduleUrl), exportName, args, index, limit);
      }
    } catch (error) {
      await Promise.allSettled(threads.map((thread) => thread.terminate()));
      throw error;
    }
    return new NbdServerThreads(threads, limit, options.onThreadDeath ?? (() => {}));
  }

  private constructor(
    threads: readonly ServerIOThread[],
    limit: SharedLimitHandle | null,
    onThreadDeath: (error: unknown) => void,
  ) {
    this.#threads = threads;
    for (const [index, thread] of threads.entries()) {
      void thread.watch((error) => {
        if (limit !== null) SharedConnectionLimit.release(limit, index);
        onThreadDeath(error);
      });
    }
  }

  /** Clients that each thread has, of those that were handed to it by {@link listen}. */
  get clients(): readonly number[] {
    return this.#threads.map(({ clients }) => clients);
  }

  /** Threads that have not died. */
  get alive(): number {
    return this.#threads.filter(({ isAlive }) => isAlive).length;
  }

  /** What all have done so far, or had done when they were closed; of threads that died it is not known, and left out. */
  async statistics(): Promise<NbdServerStatistics> {
    return sumOfStatistics(await Promise.all(this.#threads.map((thread) => thread.statistics())));
  }

  /**
   * Listens here, and hands each client to the thread that has fewest: any address or listener, any Node. This thread still moves the
   * bytes that clients send; what they are sent leaves from the threads.
   *
   * @returns the URI, as `NbdServer.listen`.
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
    return await this.#uriAt(listener.address);
  }

  /**
   * Has each thread listen at the same TCP port, and the system choose which one gets a client (`SO_REUSEPORT`): nothing of a connection passes
   * this thread. Which one is chance: few clients may all meet in one thread. A port that another server listens at is refused.
   *
   * @returns as {@link listen}.
   * @throws as {@link listen}; QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: a Node before 22.12, a Unix socket, or a system that cannot.
   */
  async listenInThreads(address: SocketAddress): Promise<string> {
    this.#assertOpen('listenInThreads');
    // The system would let another server of this user have the port too, and its clients.
    if (address.type === 'inet' && address.port !== 0)
      await (await QIONetListener.open(address)).disconnect();
    this.#assertOpen('listenInThreads');
    let bound = address;
    // One after the other: the first finds a port for all.
    for (const thread of this.#living) bound = { ...address, ...(await thread.run('listen', bound)) };
    return await this.#uriAt(bound);
  }

  /**
   * Calls the module's function `exportName` in each thread with that thread's server and `args`, for example to add or remove an export.
   *
   * @returns what each has returned.
   * @throws what it throws in one of them, once all have answered: in the others it was done.
   */
  async run<T = unknown>(exportName: string, ...args: readonly unknown[]): Promise<T[]> {
    this.#assertOpen('run');
    return (await this.#inAll((thread) => thread.run('call', exportName, args))) as T[];
  }

  /** `NbdServer.drain` in all threads, or in none of them if one fails or the signal aborts. @throws as it. */
  async drain(exportName?: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    this.#assertOpen('drain');
    signal?.throwIfAborted();
    const id = ++this.#drains;
    try {
      const drains = this.#inAll((thread) => thread.run('drain', id, exportName));
      await orAborted(drains, signal);
    } catch (error) {
      // What was closed or removed meanwhile needs it no more.
      await this.#inAll((thread) => thread.run('undoDrain', id)).catch(() => {});
      throw error;
    }
    await this.#inAll((thread) => thread.run('keepDrain', id));
  }

  /** `NbdServer.resume` in all threads. */
  async resume(exportName?: string): Promise<void> {
    this.#assertOpen('resume');
    await this.#inAll((thread) => thread.run('resume', exportName));
  }

  /**
   * Stops listening, closes the servers and ends the threads. Again: waits for the same end.
   *
   * @throws what `NbdServer.close` throws in one of them; AioContextError `IOTHREAD_DIED`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #living(): ServerIOThread[] {
    return this.#threads.filter(({ isAlive }) => isAlive);
  }

  #uriAt(address: SocketAddress): Promise<string> {
    return (this.#living[0] ?? (this.#threads[0] as ServerIOThread)).run('uriAt', address);
  }

  /** In those that live: with a thread its server has gone, and all that it held. @throws the first error, once all have answered. */
  async #inAll<T>(work: (thread: ServerIOThread) => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    const living = this.#living;
    const ends = await Promise.allSettled(living.map(work));
    for (const [index, end] of ends.entries()) {
      if (end.status === 'fulfilled') results.push(end.value);
      else if (living[index]?.isAlive) throw end.reason;
    }
    return results;
  }

  async #hand(channel: QIOChannelSocket): Promise<void> {
    let to: ServerIOThread | null = null;
    for (const thread of this.#living) if (to === null || thread.clients < to.clients) to = thread;
    if (to === null) {
      channel.close();
      return;
    }
    to.clients++;
    try {
      await to.run('serve', channel.handle, channel.remoteAddress);
    } catch {
      // Of a thread that died its watcher tells; of one that is closing there is nothing to tell.
    } finally {
      to.clients--;
      channel.close();
    }
  }

  async #close(): Promise<void> {
    await this.#listeners.disconnect();
    const ends = await Promise.allSettled(this.#threads.map((thread) => thread.close()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  #assertOpen(operation: string): void {
    if (this.#closing !== null)
      throw new NbdUsageError('NBD_CLOSED', operation, 'the server threads were closed');
  }
}

function assertCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new NbdUsageError(
    'NBD_BAD_ARGUMENT',
    'NbdServerThreads',
    `${name} is ${value}, at least 1 is needed`,
  );
}
