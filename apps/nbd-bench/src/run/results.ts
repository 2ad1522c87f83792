import type { JobResult, ServerFacts } from '../job/job-plan.js';
import { LatencyHistogram } from '../job/latency-histogram.js';
import { toThousandths } from '../output/to-thousandths.js';
import type { CpuUsage } from './cpu-time.js';
import type { Extent } from './plan.js';
import { isMixed, type RunConfig } from './run-config.js';

/** Microseconds, to three significant digits; null where no I/O succeeded. */
export interface LatencyUs {
  mean: number | null;
  p50: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
}

/** Of one direction, where a load has both. */
export interface DirectionFigures {
  ios: number;
  iops: number;
  mibPerSecond: number;
  latencyUs: LatencyUs;
}

export interface Figures extends DirectionFigures {
  errors: number;
  seconds: number;
  /** With a mixture only. */
  read?: DirectionFigures;
  write?: DirectionFigures;
  /** Blocks that were read back and are right; with `verify` only. */
  verified?: number;
}

export interface ConnectionFigures {
  /** Counted from 1. */
  connection: number;
  ios: number;
  iops: number;
  mibPerSecond: number;
}

export interface JobFigures extends Figures {
  /** Counted from 1. */
  job: number;
  connections: ConnectionFigures[];
}

export interface Totals extends Figures {
  /** CPU time of this process, an embedded server included; null where no I/O succeeded. */
  cpuUsPerIo: number | null;
}

export interface RunResults {
  config: RunConfig & Extent & { embedded: boolean };
  server: { uri: string; embedded: boolean; info: ServerFacts };
  jobs: JobFigures[];
  totals: Totals;
  /** Of each job and direction, for other programs' formats. */
  latencies: { read: LatencyHistogram; write: LatencyHistogram }[];
  /** Microseconds of this process, in user mode and in the system. */
  cpu: CpuUsage;
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
  cpu: CpuUsage;
  failure: string | undefined;
  interrupted: boolean;
}

export function resultsOf(measured: Measured): RunResults {
  const { config, extent, uri, embedded, info, jobs, cpu, failure, interrupted } = measured;
  const latencies = jobs.map(({ read, write }) => ({
    read: LatencyHistogram.decode(read.latency),
    write: LatencyHistogram.decode(write.latency),
  }));
  const rows = jobs.map((job, index) => ({
    job: index + 1,
    ...figures(config, [job], latencies.slice(index, index + 1)),
    connections: job.connectionIos.map((ios, connection) => ({
      connection: connection + 1,
      ios,
      ...rates(config, ios, spanSeconds([job])),
    })),
  }));
  const totals = figures(config, jobs, latencies);
  const cpuUs = cpu.user + cpu.system;
  return {
    config: { ...config, ...extent, embedded },
    server: { uri, embedded, info },
    jobs: rows,
    totals: { ...totals, cpuUsPerIo: totals.ios === 0 ? null : toThousandths(cpuUs / totals.ios) },
    latencies,
    cpu,
    firstError: jobs.find((job) => job.firstError !== undefined)?.firstError,
    failure,
    interrupted,
  };
}

function figures(config: RunConfig, jobs: readonly JobResult[], latencies: RunResults['latencies']): Figures {
  const seconds = spanSeconds(jobs);
  const reads = latencies.map(({ read }) => read);
  const writes = latencies.map(({ write }) => write);
  return {
    ...direction(config, seconds, [...reads, ...writes]),
    errors: sum(jobs.map((job) => job.errors)),
    seconds: toThousandths(seconds),
    ...(isMixed(config.rw) && {
      read: direction(config, seconds, reads),
      write: direction(config, seconds, writes),
    }),
    ...(config.verify && { verified: sum(jobs.map((job) => job.verified)) }),
  };
}

function direction(
  config: RunConfig,
  seconds: number,
  latencies: readonly LatencyHistogram[],
): DirectionFigures {
  const all = new LatencyHistogram();
  for (const latency of latencies) all.add(latency);
  return { ios: all.count, ...rates(config, all.count, seconds), latencyUs: latencyUs(all) };
}

function rates({ bs }: RunConfig, ios: number, seconds: number): { iops: number; mibPerSecond: number } {
  const iops = seconds === 0 ? 0 : ios / seconds;
  return { iops: toThousandths(iops), mibPerSecond: toThousandths((iops * bs) / 2 ** 20) };
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
