import { IOThread, type IOThreadOptions } from '@coaio/aio-context';
import { NbdUsageError } from '@coaio/nbd-protocol';
import { type QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';

const ENTRY = new URL('./server-thread.js', import.meta.url);

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
  /** What it is called with; structured-cloned, so memory has to be shared (`SharedArrayBuffer`). */
  args?: readonly unknown[];
  /** How the threads poll before they sleep. */
  ioThread?: Omit<IOThreadOptions, 'name'>;
}

interface ServerThread {
  readonly thread: IOThread;
  /** Clients that were handed to it and have not left. */
  clients: number;
  /** Not any more once a client was lost with it. */
  isAlive: boolean;
}

/**
 * A server in several threads behind one address: each thread has a server and backends of its own, and runs the connections that it is given
 * (QEMU's exports with several IOThreads).
 *
 * @thread home: used by the thread that made it.
 */
export class NbdServerThreads {
  readonly #threads: readonly ServerThread[];
  readonly #listeners: QIONetListener[] = [];
  #closing: Promise<void> | null = null;

  /** @throws NbdUsageError `NBD_BAD_ARGUMENT`; AioContextError; what the module's function throws. No thread is left then. */
  static async start(options: NbdServerThreadsOptions): Promise<NbdServerThreads> {
    const { threads: count, moduleUrl, exportName, args = [], ioThread } = options;
    if (!Number.isInteger(count) || count < 1) {
      const detail = `threads is ${count}, at least one is needed`;
      throw new NbdUsageError('NBD_BAD_ARGUMENT', 'NbdServerThreads', detail);
    }
    const threads: ServerThread[] = [];
    try {
      while (threads.length < count) {
        const thread = await IOThread.start({ ...ioThread, name: `nbd-server ${threads.length + 1}` });
        threads.push({ thread, clients: 0, isAlive: true });
        await thread.run(ENTRY, 'make', String(moduleUrl), exportName, args);
      }
    } catch (error) {
      await Promise.allSettled(threads.map(({ thread }) => thread.terminate()));
      throw error;
    }
    return new NbdServerThreads(threads);
  }

  private constructor(threads: readonly ServerThread[]) {
    this.#threads = threads;
  }

  /** Clients that each thread has, of those that were handed to it by {@link listen}. */
  get clients(): readonly number[] {
    return this.#threads.map(({ clients }) => clients);
  }

  /**
   * Listens here, and hands each client to the thread that has fewest: any address, any Node. This thread still moves the
   * bytes that clients send; what they are sent leaves from the threads.
   *
   * @returns the URI, as `NbdServer.listen`.
   * @throws QIOChannelError `QIO_CHANNEL_LISTEN`, `QIO_CHANNEL_ADDRESS`; NbdUsageError `NBD_CLOSED`.
   */
  async listen(address: SocketAddress): Promise<string> {
    this.#assertOpen('listen');
    const listener = await QIONetListener.open(address);
    this.#listeners.push(listener);
    if (this.#closing !== null) {
      await listener.disconnect();
      this.#assertOpen('listen');
    }
    listener.setClientFunc((channel) => void this.#hand(channel));
    return await this.#first.run(ENTRY, 'uriAt', listener.address);
  }

  /**
   * Has each thread listen at the same TCP port, and the system choose which one gets a client (`SO_REUSEPORT`): nothing of a connection passes
   * this thread. Which one is chance: few clients may all meet in one thread.
   *
   * @returns as {@link listen}.
   * @throws as {@link listen}; QIOChannelError `QIO_CHANNEL_UNSUPPORTED`: a Node before 22.12, a Unix socket, or a system that cannot.
   */
  async listenInThreads(address: SocketAddress): Promise<string> {
    this.#assertOpen('listenInThreads');
    let bound = address;
    // One after the other: the first finds a port for all.
    for (const { thread } of this.#threads) bound = await thread.run(ENTRY, 'listen', bound);
    return await this.#first.run(ENTRY, 'uriAt', bound);
  }

  /** `NbdServer.drain` in all threads. */
  async drain(exportName?: string): Promise<void> {
    this.#assertOpen('drain');
    await Promise.all(this.#threads.map(({ thread }) => thread.run(ENTRY, 'drain', exportName)));
  }

  /** `NbdServer.resume` in all threads. */
  async resume(exportName?: string): Promise<void> {
    this.#assertOpen('resume');
    await Promise.all(this.#threads.map(({ thread }) => thread.run(ENTRY, 'resume', exportName)));
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

  get #first(): IOThread {
    return (this.#threads[0] as ServerThread).thread;
  }

  async #hand(channel: QIOChannelSocket): Promise<void> {
    let to: ServerThread | null = null;
    for (const thread of this.#threads) {
      if (thread.isAlive && (to === null || thread.clients < to.clients)) to = thread;
    }
    if (to === null) {
      channel.close();
      return;
    }
    to.clients++;
    try {
      await to.thread.run(ENTRY, 'serve', channel.handle);
    } catch (error) {
      // close() tells of it. Of a thread that is closing there is nothing to tell.
      if ((error as { code?: unknown }).code === 'IOTHREAD_DIED') to.isAlive = false;
    } finally {
      to.clients--;
      channel.close();
    }
  }

  async #close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.disconnect()));
    const ends = await Promise.allSettled(
      this.#threads.map(async ({ thread }) => {
        try {
          await thread.run(ENTRY, 'close');
        } finally {
          await thread.join();
        }
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  #assertOpen(operation: string): void {
    if (this.#closing !== null)
      throw new NbdUsageError('NBD_CLOSED', operation, 'the server threads were closed');
  }
}
