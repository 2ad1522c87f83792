import { cpus } from 'node:os';
import { type GroupFigures, measureByTurns } from '@coaio/by-turns';
import { EXIT_OK } from '../cli/failure.js';
import type { Interrupt } from '../cli/interrupt.js';
import type { LayersRequest } from '../cli/layers-options.js';
import { StepsLine } from '../cli/steps-line.js';
import { layersJson } from '../output/layers-json.js';
import { layersTable } from '../output/layers-table.js';
import type { ReportFile } from '../output/report/report-file.js';
import { LAYERS } from './layers.js';
import type { LayersConfig, LayersResults } from './layers-results.js';

/** @returns the exit status; the results are printed then. A goal that was missed is no failure: the machine may be busy. */
export async function layersCommand(
  { config, outputFormat }: LayersRequest,
  interrupt: Interrupt,
  report: ReportFile | undefined,
): Promise<number> {
  const layers = await measureLayers(config, interrupt.signal);
  if (layers.length === 0) throw interrupt.error();
  const processors = cpus();
  const results: LayersResults = {
    config,
    machine: {
      node: process.versions.node,
      cpu: processors[0]?.model ?? 'unknown',
      cpus: processors.length,
    },
    layers,
    interrupted: interrupt.signal.aborted,
  };
  process.stdout.write(outputFormat === 'json' ? layersJson(results) : layersTable(results));
  report?.write((await import('../output/report/layers-report.js')).layersReport(results));
  return interrupt.exitStatus ?? EXIT_OK;
}

/** An interrupt ends it after the turn under way; layers of which nothing was measured are left out. */
async function measureLayers(config: LayersConfig, signal: AbortSignal): Promise<LayersResults['layers']> {
  const { rounds, runtime, layers } = config;
  const line = new StepsLine(
    'group',
    layers.reduce((count, layer) => count + LAYERS[layer].length, 0),
  );
  const measured: LayersResults['layers'] = [];
  try {
    for (const layer of layers) {
      const groups: GroupFigures[] = [];
      for (const group of LAYERS[layer]) {
        if (signal.aborted) break;
        line.next(`${layer}, ${group.name}`);
        const figures = await measureByTurns(group, { rounds, turnMs: runtime * 1000, signal });
        if (figures !== undefined) groups.push(figures);
      }
      if (groups.length > 0) measured.push({ layer, groups });
    }
  } finally {
    line.end();
  }
  return measured;
}
