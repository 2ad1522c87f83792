import { IOThread, type IOThreadOptions } from '@coaio/aio-context';
import { type NbdServerStatistics, NO_STATISTICS } from '../server-statistics.js';

type Entry = typeof import('./server-thread.js');

const ENTRY = new URL('./server-thread.js', import.meta.url);

/** One of the threads, as the thread sees it that started it. */
export class ServerIOThread {
  /** Clients that were handed to it and have not left. */
  clients = 0;
  readonly #thread: IOThread;
  #isAlive = true;
  /** Of a server that was closed. */
  #last: NbdServerStatistics | null = null;

  /** @throws AioContextError. */
  static async start(options: IOThreadOptions): Promise<ServerIOThread> {
    return new ServerIOThread(await IOThread.start(options));
  }

  private constructor(thread: IOThread) {
    this.#thread = thread;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Calls a function of `server-thread.ts` there. @throws what it throws; AioContextError `IOTHREAD_DIED`. */
  async run<K extends keyof Entry>(
    operation: K,
    ...args: Parameters<Entry[K]>
  ): Promise<Awaited<ReturnType<Entry[K]>>> {
    return await this.#thread.run<Awaited<ReturnType<Entry[K]>>>(ENTRY, operation, ...args);
  }

  /** Calls `listener` if it ends before it is closed. */
  async watch(listener: (error: unknown) => void): Promise<void> {
    try {
      await this.run('untilClosed');
    } catch (error) {
      this.#isAlive = false;
      listener(error);
    }
  }

  /** Nothing, of one that has died: nobody knows. */
  async statistics(): Promise<NbdServerStatistics> {
    if (this.#last !== null) return this.#last;
    try {
      return await this.run('statistics');
    } catch (error) {
      if ((error as { code?: unknown }).code === 'IOTHREAD_DIED') return NO_STATISTICS;
      throw error;
    }
  }

  /** @throws what `NbdServer.close` throws there; AioContextError `IOTHREAD_DIED`. */
  async close(): Promise<void> {
    try {
      await this.run('close');
    } finally {
      this.#last = await this.statistics();
      await this.#thread.join();
    }
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }
}
