import type { RunConfig } from '../run/run-config.js';
import type { RivalName } from './rivals.js';

/** A load that the rivals can be asked for as well. */
export type Load = Pick<
  RunConfig,
  'rw' | 'bs' | 'iodepth' | 'runtime' | 'rampTime' | 'pollMaxNs' | 'replies'
>;

/** `runtime`: of each turn. */
export interface CompareConfig {
  rw: Load['rw'][];
  bs: number[];
  iodepth: number[];
  runtime: number;
  /** Seconds of load before each turn, of those that have such a thing. */
  rampTime: number;
  /** Of ours only: the rivals sleep. */
  pollMaxNs: number;
  /** Of ours only: the rivals ask for structured ones, but for `raw-loop`. */
  replies?: Load['replies'];
  /** Pairs of turns for each rival. */
  rounds: number;
  rival: RivalName[];
}

/** Each combination, a rival's best case and worst apart. */
export function loadsOf({ rw, bs, iodepth, ...rest }: CompareConfig): Load[] {
  const { runtime, rampTime, pollMaxNs, replies } = rest;
  const each = { runtime, rampTime, pollMaxNs, ...(replies === undefined ? {} : { replies }) };
  return rw.flatMap((one) =>
    bs.flatMap((size) => iodepth.map((depth) => ({ rw: one, bs: size, iodepth: depth, ...each }))),
  );
}
