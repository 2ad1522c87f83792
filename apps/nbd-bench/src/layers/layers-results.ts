import type { GroupFigures } from '@coaio/by-turns';
import type { LayerName } from './layers.js';

export interface LayersConfig {
  rounds: number;
  /** Seconds of a turn, about. */
  runtime: number;
  layers: readonly LayerName[];
}

export interface LayersResults {
  config: LayersConfig;
  machine: { node: string; cpu: string; cpus: number };
  layers: { layer: LayerName; groups: GroupFigures[] }[];
  /** A signal came before the last round: what is missing was not measured. */
  interrupted: boolean;
}
