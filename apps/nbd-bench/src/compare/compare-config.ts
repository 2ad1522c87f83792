import type { RunConfig } from '../run/run-config.js';

/** A load that the rivals can be asked for as well. */
export type Load = Pick<RunConfig, 'rw' | 'bs' | 'iodepth' | 'runtime'>;

/** `runtime`: of each turn. */
export interface CompareConfig extends Load {
  /** Pairs of turns for each rival. */
  rounds: number;
}
