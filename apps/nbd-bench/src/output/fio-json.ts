import manifest from '../../package.json' with { type: 'json' };
import type { LatencyHistogram } from '../job/latency-histogram.js';
import type { JobFigures, RunResults } from '../run/results.js';
import { jsonDocument } from './json-document.js';

const NS_PER_US = 1000;
/** fio's own list. */
const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99];

/** As fio's `--output-format=json`, for programs that read that: the fields that we have figures for, under its names. */
export function fioJson(results: RunResults): string {
  const { config, server, jobs } = results;
  const now = new Date();
  return jsonDocument({
    'fio version': `nbd-bench-${manifest.version}`,
    timestamp: Math.floor(now.getTime() / 1000),
    timestamp_ms: now.getTime(),
    time: now.toUTCString(),
    'global options': {
      ioengine: 'nbd',
      uri: server.uri,
      rw: config.rw,
      bs: String(config.bs),
      iodepth: String(config.iodepth),
      numjobs: String(config.numjobs),
    },
    jobs: jobs.map((job, index) => fioJob(results, job, index)),
  });
}

function fioJob(results: RunResults, job: JobFigures, index: number): unknown {
  const { config, latencies, cpu, jobs } = results;
  const latency = latencies[index] as RunResults['latencies'][number];
  // One process has all jobs: each gets its share.
  const share = (us: number): number => us / 1e4 / (job.seconds || 1) / jobs.length;
  return {
    jobname: `job ${job.job}`,
    groupid: 0,
    error: job.errors === 0 ? 0 : 5,
    elapsed: Math.ceil(job.seconds),
    'job options': { name: `job ${job.job}` },
    read: fioDirection(latency.read, config.bs, job.seconds),
    write: fioDirection(latency.write, config.bs, job.seconds),
    job_runtime: Math.round(job.seconds * 1000),
    usr_cpu: share(cpu.user),
    sys_cpu: share(cpu.system),
    total_err: job.errors,
  };
}

function fioDirection(latency: LatencyHistogram, bs: number, seconds: number): unknown {
  const ios = latency.count;
  const bytesPerSecond = ios === 0 ? 0 : (ios * bs) / seconds;
  const times = {
    min: ns(latency.minUs()),
    max: ns(latency.maxUs()),
    mean: latency.meanUs() * NS_PER_US,
    stddev: latency.stddevUs() * NS_PER_US,
    N: ios,
  };
  const percentile = Object.fromEntries(
    PERCENTILES.map((one) => [one.toFixed(6), ns(latency.percentileUs(one))]),
  );
  return {
    io_bytes: ios * bs,
    io_kbytes: Math.floor((ios * bs) / 1024),
    bw_bytes: Math.round(bytesPerSecond),
    bw: Math.floor(bytesPerSecond / 1024),
    iops: ios === 0 ? 0 : ios / seconds,
    runtime: ios === 0 ? 0 : Math.round(seconds * 1000),
    total_ios: ios,
    short_ios: 0,
    drop_ios: 0,
    clat_ns: ios === 0 ? times : { ...times, percentile },
    lat_ns: times,
  };
}

function ns(us: number): number {
  return Math.round(us * NS_PER_US);
}
