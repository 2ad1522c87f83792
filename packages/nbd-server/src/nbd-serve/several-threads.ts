import { QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { MemoryExport } from '../exports/memory-export.js';
import type { NbdServerStatistics } from '../server-statistics.js';
import { NbdServerThreads } from '../threads/nbd-server-threads.js';
import type { Host, Reports } from './host.js';
import { complain, textOf } from './messages.js';
import type { Disk, ServePlan } from './serve-plan.js';
import { ReportsOfThreads } from './thread-reports.js';

const MODULE = new URL('./nbd-serve-thread.js', import.meta.url);

/** Serves in `plan.threads` threads, each with the same disks. */
export class SeveralThreads implements Host {
  readonly failure: Promise<never>;
  readonly #threads: NbdServerThreads;
  readonly #reports: ReportsOfThreads;

  /** @throws as `NbdServerThreads.start`; what a file or a certificate cannot be opened for. */
  static async start(plan: ServePlan, reports: Reports): Promise<SeveralThreads> {
    const { threads: count, pollMaxNs, maxConnections } = plan;
    const reportsOfThreads = new ReportsOfThreads(reports);
    const exports = plan.exports.map(([name, disk]) => [name, shared(disk)] as const);
    let allDied = (_error: unknown): void => {};
    const failure = new Promise<never>((_, reject) => (allDied = reject));
    // Who does not wait for it, learns of it by `close`.
    failure.catch(() => {});
    const threads = await NbdServerThreads.start({
      threads: count,
      moduleUrl: MODULE,
      exportName: 'makeServerOfThread',
      args: [{ ...plan, exports }, reportsOfThreads.name],
      ioThread: { pollMaxNs },
      ...(maxConnections !== undefined && { maxConnections }),
      onThreadDeath: (error) => {
        complain(textOf(error));
        if (threads.alive === 0) allDied(error);
      },
    });
    return new SeveralThreads(threads, reportsOfThreads, failure);
  }

  private constructor(threads: NbdServerThreads, reports: ReportsOfThreads, failure: Promise<never>) {
    this.#threads = threads;
    this.#reports = reports;
    this.failure = failure;
  }

  /** TCP clients go to the threads without passing this one, where that can be had. */
  async listen(where: SocketAddress | QIONetListener): Promise<string> {
    if (where instanceof QIONetListener || where.type !== 'inet') return await this.#threads.listen(where);
    try {
      return await this.#threads.listenInThreads(where);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'QIO_CHANNEL_UNSUPPORTED') throw error;
      return await this.#threads.listen(where);
    }
  }

  statistics(): Promise<NbdServerStatistics> {
    return this.#threads.statistics();
  }

  async close(): Promise<void> {
    try {
      await this.#threads.close();
    } finally {
      this.#reports.close();
    }
  }
}

/** Files every thread opens for itself. */
function shared(disk: Disk): Disk {
  return 'memory' in disk && typeof disk.memory === 'number'
    ? { memory: MemoryExport.share(disk.memory) }
    : disk;
}
