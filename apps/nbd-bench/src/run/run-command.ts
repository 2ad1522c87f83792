import { BenchError, EXIT_OK, EXIT_RUN, oneLine } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import type { RunRequest } from '../cli/run-options.js';
import { EmbeddedServer } from '../embedded-server/embedded-server.js';
import { SharedProgress } from '../job/shared-progress.js';
import { runJson } from '../output/run-json.js';
import { runTable } from '../output/run-table.js';
import { CpuTime } from './cpu-time.js';
import { JobThreads } from './job-threads.js';
import { fitToExport, planJobs } from './plan.js';
import { ProgressLine } from './progress-line.js';
import { type RunResults, resultsOf } from './results.js';
import type { RunConfig } from './run-config.js';

/** @returns the exit status; the results are printed then. */
export async function runCommand(request: RunRequest, interrupt: Interrupt): Promise<number> {
  const results = await withServer(request.uri, (uri, embedded) =>
    measure(uri, embedded, request.config, interrupt),
  );
  process.stdout.write(request.outputFormat === 'json' ? runJson(results) : runTable(results));
  const complaint = complaintOf(results);
  if (complaint !== undefined) process.stderr.write(`nbd-bench: ${oneLine(complaint)}\n`);
  return interrupt.exitStatus ?? (complaint === undefined ? EXIT_OK : EXIT_RUN);
}

function complaintOf({ failure, firstError, totals }: RunResults): string | undefined {
  if (failure !== undefined) return failure;
  return firstError === undefined ? undefined : `${totals.errors} I/O errors, the first: ${firstError}`;
}

async function withServer<T>(
  uri: string | undefined,
  work: (uri: string, embedded: boolean) => Promise<T>,
): Promise<T> {
  if (uri !== undefined) return await work(uri, false);
  const server = await EmbeddedServer.start();
  try {
    return await work(server.uri, true);
  } finally {
    await server.close();
  }
}

async function measure(
  uri: string,
  embedded: boolean,
  config: RunConfig,
  interrupt: Interrupt,
): Promise<RunResults> {
  const threads = await JobThreads.start(config.numjobs);
  try {
    const info = await aborting(interrupt, threads, () => threads.prepare(uri));
    const extent = fitToExport(config, info);
    const progress = ProgressLine.wanted() ? SharedProgress.forJobs(config.numjobs) : undefined;
    const line = progress && new ProgressLine(progress, config);
    const stop = (): void => threads.stop();
    interrupt.signal.addEventListener('abort', stop);
    const cpu = new CpuTime(config.rampTime);
    let failure: string | undefined;
    try {
      const running = threads.run(planJobs(config, extent), progress);
      // It may have come before there was anything to stop.
      if (interrupt.signal.aborted) stop();
      failure = await running;
    } finally {
      interrupt.signal.removeEventListener('abort', stop);
      line?.end();
      cpu.end();
    }
    const jobs = await threads.collect();
    const interrupted = interrupt.signal.aborted;
    const cpuUs = cpu.us;
    const results = resultsOf({
      ...{ config, extent, uri, embedded, info },
      ...{ jobs, cpuUs, failure, interrupted },
    });
    if (results.totals.ios === 0) {
      if (failure !== undefined) throw new BenchError(EXIT_RUN, failure);
      if (interrupted && results.totals.errors === 0) throw interrupt.error();
    }
    return results;
  } finally {
    await threads.close();
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
