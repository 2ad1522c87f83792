import type { RunResults, Totals } from '../run/results.js';
import type { SweepConfig } from './sweep-config.js';

/** One combination, and what it came to. */
export interface SweepPoint {
  numjobs: number;
  connections: number;
  bs: number;
  iodepth: number;
  totals: Totals;
}

export interface SweepResults {
  config: SweepConfig;
  server: RunResults['server'];
  points: SweepPoint[];
  /** For each block size the one with most bytes a second. */
  best: SweepPoint[];
  /** What ended it before its time, or the first I/O error. */
  firstError: string | undefined;
  /** A signal came before the last point. */
  interrupted: boolean;
}

export function bestOf(points: readonly SweepPoint[]): SweepPoint[] {
  const best = new Map<number, SweepPoint>();
  for (const point of points) {
    const sofar = best.get(point.bs);
    if (sofar === undefined || point.totals.iops > sofar.totals.iops) best.set(point.bs, point);
  }
  return [...best.values()];
}
