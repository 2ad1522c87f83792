import { IOThread } from '@coaio/aio-context';
import { BenchError, exitStatusOf, oneLine } from '../cli/failure.js';
import type { JobPlan, JobResult, JobSpan, ServerFacts, Target } from '../job/job-plan.js';
import type { SharedProgress } from '../job/shared-progress.js';

const MODULE = new URL('./job-thread.js', import.meta.url);

/** The threads of a run, a job in each. Every step is taken by all of them at once; if one fails, none goes on. */
export class JobThreads {
  readonly #threads: readonly IOThread[];

  static async start(count: number, pollMaxNs: number): Promise<JobThreads> {
    const starting = Array.from({ length: count }, (_, index) =>
      IOThread.start({ name: `job ${index + 1}`, pollMaxNs }),
    );
    const started = await Promise.allSettled(starting);
    const threads = started.flatMap((start) => (start.status === 'fulfilled' ? start.value : []));
    const failed = started.find((start) => start.status === 'rejected');
    if (failed === undefined) return new JobThreads(threads);
    // Those that did start would keep the process alive.
    await Promise.allSettled(threads.map((thread) => thread.join()));
    throw failed.reason;
  }

  private constructor(threads: readonly IOThread[]) {
    this.#threads = threads;
  }

  /** Connects all jobs. @returns what the first was told of the export. */
  async prepare(target: Target, connections: number): Promise<ServerFacts> {
    const [info] = await this.#all((thread) =>
      thread.run<ServerFacts>(MODULE, 'prepareJob', target, connections),
    );
    if (info === undefined) throw new Error('there is no job');
    return info;
  }

  /** A job that loses its connection ends the run; the others stop, with figures. @returns what became of the first that did. */
  async run(plans: readonly JobPlan[], progress: SharedProgress | undefined): Promise<string | undefined> {
    let first: string | undefined;
    await this.#all(async (thread, index) => {
      const { failure } = await thread.run<JobSpan>(MODULE, 'runJob', plans[index], progress?.words);
      if (failure === undefined || first !== undefined) return;
      first = `job ${index + 1}: ${failure}`;
      this.stop();
    });
    return first;
  }

  /** Reads back what was written, if that was asked for. */
  async verify(plans: readonly JobPlan[]): Promise<void> {
    await this.#all((thread, index) => thread.run(MODULE, 'verifyJob', plans[index]));
  }

  collect(): Promise<JobResult[]> {
    return this.#all((thread) => thread.run<JobResult>(MODULE, 'collectJob'));
  }

  /** Lets a run end early, with figures for what it did. */
  stop(): void {
    this.#tell('stopJob');
  }

  /** Ends the step under way: it fails with `reason`. */
  abort(reason: string): void {
    this.#tell('abortJob', reason);
  }

  /** Ends the connections that are open, and the threads. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#threads.map((thread) => thread.run(MODULE, 'closeJob')));
    await Promise.allSettled(this.#threads.map((thread) => thread.join()));
  }

  async #all<T>(step: (thread: IOThread, index: number) => Promise<T>): Promise<T[]> {
    const steps = this.#threads.map(async (thread, index) => {
      try {
        return await step(thread, index);
      } catch (error) {
        throw new BenchError(exitStatusOf(error), `job ${index + 1}: ${oneLine(error)}`, error);
      }
    });
    try {
      return await Promise.all(steps);
    } catch (first) {
      this.abort('another job has failed');
      await Promise.allSettled(steps);
      throw first;
    }
  }

  /** A thread that died has told so by the step it failed. */
  #tell(order: string, ...args: unknown[]): void {
    for (const thread of this.#threads) thread.run(MODULE, order, ...args).catch(() => {});
  }
}
