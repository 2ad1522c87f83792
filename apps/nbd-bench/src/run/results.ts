import type { JobResult, ServerFacts } from '../job/job-plan.js';
import { LatencyHistogram } from '../job/latency-histogram.js';
import { toThousandths } from '../output/to-thousandths.js';
import type { Extent } from './plan.js';
import type { RunConfig } from './run-config.js';

/** Microseconds, to three significant digits; null where no I/O succeeded. */
export interface LatencyUs {
  mean: number | null;
  p50: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
}

export interface Figures {
  ios: number;
  iops: number;
  mibPerSecond: number;
  latencyUs: LatencyUs;
  errors: number;
  seconds: number;
}

export interface JobFigures extends Figures {
  /** Counted from 1. */
  job: number;
}

export interface Totals extends Figures {
  /** CPU time of this process, an embedded server included; null where no I/O succeeded. */
  cpuUsPerIo: number | null;
}

export interface RunResults {
  config: Required<RunConfig> & { embedded: boolean };
  server: { uri: string; embedded: boolean; info: ServerFacts };
  jobs: JobFigures[];
  totals: Totals;
  firstError: string | undefined;
  /** The first job whose connection was lost, and why: the figures are those of what had been done. */
  failure: string | undefined;
  /** A signal ended the run before its time. */
  interrupted: boolean;
}

export interface Measured {
  config: RunConfig;
  extent: Extent;
  uri: string;
  embedded: boolean;
  info: ServerFacts;
  jobs: readonly JobResult[];
  /** Of the whole process while the jobs ran and were measured. */
  cpuUs: number;
  failure: string | undefined;
  interrupted: boolean;
}

export function resultsOf(measured: Measured): RunResults {
  const { config, extent, uri, embedded, info, jobs, cpuUs, failure, interrupted } = measured;
  const all = new LatencyHistogram();
  const rows = jobs.map((job, index) => {
    const latency = LatencyHistogram.decode(job.latency);
    all.add(latency);
    return { job: index + 1, ...figures(config.bs, [job], latency) };
  });
  const totals = figures(config.bs, jobs, all);
  return {
    config: { ...config, ...extent, embedded },
    server: { uri, embedded, info },
    jobs: rows,
    totals: { ...totals, cpuUsPerIo: totals.ios === 0 ? null : toThousandths(cpuUs / totals.ios) },
    firstError: jobs.find((job) => job.firstError !== undefined)?.firstError,
    failure,
    interrupted,
  };
}

function figures(bs: number, jobs: readonly JobResult[], latency: LatencyHistogram): Figures {
  const ios = sum(jobs.map((job) => job.ios));
  const seconds = spanSeconds(jobs);
  const iops = seconds === 0 ? 0 : ios / seconds;
  return {
    ios,
    iops: toThousandths(iops),
    mibPerSecond: toThousandths((iops * bs) / 2 ** 20),
    latencyUs: latencyUs(latency),
    errors: sum(jobs.map((job) => job.errors)),
    seconds: toThousandths(seconds),
  };
}

/** From the first I/O of the first job to the last answer of the last. */
function spanSeconds(jobs: readonly JobResult[]): number {
  const started = Math.min(...jobs.map((job) => job.startedMs));
  const ended = Math.max(...jobs.map((job) => job.endedMs));
  return (ended - started) / 1000;
}

function latencyUs(latency: LatencyHistogram): LatencyUs {
  if (latency.count === 0) return { mean: null, p50: null, p99: null, p999: null, max: null };
  return {
    mean: toThousandths(latency.meanUs()),
    p50: toThousandths(latency.percentileUs(50)),
    p99: toThousandths(latency.percentileUs(99)),
    p999: toThousandths(latency.percentileUs(99.9)),
    max: toThousandths(latency.maxUs()),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
