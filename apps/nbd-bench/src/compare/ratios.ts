import { median } from '@coaio/by-turns';
import { toThousandths } from '../output/to-thousandths.js';
import type { Rw } from '../run/run-config.js';
import type { Turn } from './rival.js';

/** A turn of ours and the rival's that followed it. */
export interface Pair {
  ours: Turn;
  rival: Turn;
}

export interface RivalSummary {
  name: string;
  version: string;
  /** What both did. */
  rw: Rw;
  /** Pairs measured. */
  rounds: number;
  ourMedianIops: number;
  medianIops: number;
  /** Ours divided by the rival's, pair by pair: above 1 we did more. */
  medianRatio: number;
  minRatio: number;
  maxRatio: number;
  /** Medians; the rival's is left out where it cannot be had. */
  ourCpuUsPerIo?: number;
  cpuUsPerIo?: number;
}

/** @param pairs one at least */
export function summarize(
  rival: { name: string; version: string; rw: Rw },
  pairs: readonly Pair[],
): RivalSummary {
  const { name, version, rw } = rival;
  // Pair by pair: what the machine did meanwhile to both cancels out.
  const ratios = pairs.map((pair) => pair.ours.iops / pair.rival.iops);
  const ourCpu = pairs.flatMap(({ ours }) => ours.cpuUsPerIo ?? []);
  const cpu = pairs.flatMap((pair) => pair.rival.cpuUsPerIo ?? []);
  return {
    ...{ name, version, rw, rounds: pairs.length },
    ourMedianIops: toThousandths(median(pairs.map((pair) => pair.ours.iops))),
    medianIops: toThousandths(median(pairs.map((pair) => pair.rival.iops))),
    medianRatio: toThousandths(median(ratios)),
    minRatio: toThousandths(Math.min(...ratios)),
    maxRatio: toThousandths(Math.max(...ratios)),
    ...(ourCpu.length === 0 ? {} : { ourCpuUsPerIo: toThousandths(median(ourCpu)) }),
    ...(cpu.length === 0 ? {} : { cpuUsPerIo: toThousandths(median(cpu)) }),
  };
}
