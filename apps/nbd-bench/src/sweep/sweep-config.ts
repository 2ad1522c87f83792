import type { RunConfig, Rw } from '../run/run-config.js';

/** Each combination of these is measured. */
export interface SweepConfig {
  rw: Rw;
  bs: number[];
  iodepth: number[];
  numjobs: number[];
  connections: number[];
  /** Seconds of each, and of load before it. */
  runtime: number;
  rampTime: number;
  pollMaxNs: number;
  replies?: RunConfig['replies'];
}

/** What is measured, in order: what takes more threads comes last. More connections than requests in flight are left out. */
export function pointsOf(config: SweepConfig): RunConfig[] {
  const { rw, runtime, rampTime, pollMaxNs, replies } = config;
  const points: RunConfig[] = [];
  for (const numjobs of config.numjobs)
    for (const connections of config.connections)
      for (const bs of config.bs)
        for (const iodepth of config.iodepth)
          if (connections <= iodepth)
            points.push({
              ...{ rw, rwmixread: 50, bs, iodepth, numjobs, connections, runtime, rampTime },
              ...{ offset: 0, randseed: 1, pollMaxNs, verify: false },
              ...(replies === undefined ? {} : { replies }),
            });
  return points;
}
