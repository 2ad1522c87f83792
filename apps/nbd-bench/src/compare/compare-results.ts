import type { CompareConfig, Load } from './compare-config.js';
import type { Pair, RivalSummary } from './ratios.js';

/** A pair, and where it belongs. `round` is counted from 1. */
export interface Round extends Pair {
  round: number;
  name: string;
}

/** One load. Of rivals that cannot do it there is nothing. */
export interface ComparedLoad {
  load: Load;
  rounds: Round[];
  rivals: RivalSummary[];
}

/** One that was not measured, and why. */
export interface SkippedRival {
  name: string;
  why: string;
}

export interface CompareResults {
  config: CompareConfig;
  server: { uri: string; embedded: boolean };
  loads: ComparedLoad[];
  skipped: readonly SkippedRival[];
  /** What ended it before its time. The rounds are those that were whole by then. */
  failure: string | undefined;
  /** A signal came before the last round. */
  interrupted: boolean;
}
