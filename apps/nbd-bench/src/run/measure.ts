import type { NbdClient, NbdTlsOptions } from '@coaio/nbd-client';
import { BenchError, EXIT_RUN, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import type { Server } from '../embedded-server/with-server.js';
import type { JobPlan, Target } from '../job/job-plan.js';
import { SharedProgress } from '../job/shared-progress.js';
import { CpuTime, type CpuUsage } from './cpu-time.js';
import { JobThreads } from './job-threads.js';
import { fitToExport, planJobs } from './plan.js';
import { ProgressLine } from './progress-line.js';
import { type RunResults, resultsOf } from './results.js';
import type { RunConfig } from './run-config.js';
import { openSharedClient } from './shared-client.js';

/** @param progress shows a line on a terminal meanwhile */
export async function measure(
  { uri, embedded, tls }: Server & { tls?: NbdTlsOptions | undefined },
  config: RunConfig,
  interrupt: Interrupt,
  progress = true,
): Promise<RunResults> {
  const { replies } = config;
  const target: Target = {
    uri,
    ...(tls === undefined ? {} : { tls }),
    ...(replies === undefined ? {} : { replies }),
  };
  const threads = await JobThreads.start(config.numjobs, config.pollMaxNs);
  let shared: NbdClient | undefined;
  try {
    if (config.connections === 0) shared = await openSharedClient(target, interrupt);
    if (shared !== undefined) target.shared = shared.handle;
    const info = await aborting(interrupt, threads, () => threads.prepare(target, config.connections));
    const extent = fitToExport(config, info);
    const plans = planJobs(config, extent);
    const { failure: lost, cpu } = await load(threads, plans, config, interrupt, progress);
    const jobs = await threads.collect();
    // After writes this flushes.
    const failure = lost ?? (await shared?.close().catch(oneLine)) ?? undefined;
    const interrupted = interrupt.signal.aborted;
    const results = resultsOf({
      ...{ config, extent, uri, embedded, info },
      ...{ jobs, cpu, failure, interrupted },
    });
    if (results.totals.ios === 0) {
      if (failure !== undefined) throw new BenchError(EXIT_RUN, failure);
      if (interrupted && results.totals.errors === 0) throw interrupt.error();
    }
    return results;
  } finally {
    await threads.close();
    // What it throws was told of.
    await shared?.close().catch(() => {});
  }
}

/** Runs the jobs, and has them read back what they wrote. An interrupt ends that early. */
async function load(
  threads: JobThreads,
  plans: readonly JobPlan[],
  config: RunConfig,
  interrupt: Interrupt,
  progress: boolean,
): Promise<{ failure: string | undefined; cpu: CpuUsage }> {
  const shared = progress && ProgressLine.wanted() ? SharedProgress.forJobs(config.numjobs) : undefined;
  const line = shared && new ProgressLine(shared, config);
  const stop = (): void => threads.stop();
  interrupt.signal.addEventListener('abort', stop);
  const time = new CpuTime(config.rampTime);
  try {
    const running = threads.run(plans, shared);
    // It may have come before there was anything to stop.
    if (interrupt.signal.aborted) stop();
    const failure = await running;
    time.end();
    line?.end();
    if (config.verify && !interrupt.signal.aborted) await threads.verify(plans);
    return { failure, cpu: time.used };
  } finally {
    interrupt.signal.removeEventListener('abort', stop);
    line?.end();
    time.end();
  }
}

/** Gives `step` up when it is interrupted. */
async function aborting<T>(interrupt: Interrupt, threads: JobThreads, step: () => Promise<T>): Promise<T> {
  const abort = (): void => threads.abort(oneLine(interrupt.signal.reason));
  interrupt.signal.addEventListener('abort', abort);
  try {
    const running = step();
    if (interrupt.signal.aborted) abort();
    return await running;
  } catch (error) {
    throw interrupt.signal.aborted ? interrupt.error() : error;
  } finally {
    interrupt.signal.removeEventListener('abort', abort);
  }
}
