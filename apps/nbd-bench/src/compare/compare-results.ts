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

export interface CompareResults {
  config: CompareConfig;
  server: { uri: string; embedded: boolean };
  loads: ComparedLoad[];
  /** Rivals that are not installed. */
  skipped: string[];
  /** A signal came before the last round. */
  interrupted: boolean;
}
