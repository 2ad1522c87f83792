import type { CompareConfig } from './compare-config.js';
import type { Pair, RivalSummary } from './ratios.js';

/** A pair, and where it belongs. `round` is counted from 1. */
export interface Round extends Pair {
  round: number;
  name: string;
}

export interface CompareResults {
  config: CompareConfig;
  server: { uri: string; embedded: boolean };
  rounds: Round[];
  rivals: RivalSummary[];
  /** Rivals that are not installed. */
  skipped: string[];
  /** A signal came before the last round. */
  interrupted: boolean;
}
