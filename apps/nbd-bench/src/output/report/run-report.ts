import { LatencyHistogram } from '../../job/latency-histogram.js';
import type { RunResults } from '../../run/results.js';
import { isMixed } from '../../run/run-config.js';
import { shown } from '../plain-table.js';
import { RUN_HEAD, runFacts, runRows } from '../run-table.js';
import { markup } from './markup.js';
import { panels, type Report, section } from './page.js';
import { percentileChart } from './percentile-chart.js';
import { htmlTable } from './table.js';

export function runReport(results: RunResults): Report {
  const { config, totals, failure, firstError, interrupted, latencies } = results;
  const { iops, mibPerSecond, latencyUs } = totals;
  const reads = merged(latencies.map(({ read }) => read));
  const writes = merged(latencies.map(({ write }) => write));
  const curves = isMixed(config.rw)
    ? [
        { name: 'reads', latency: reads },
        { name: 'writes', latency: writes },
      ]
    : [{ name: 'all', latency: merged([reads, writes]) }];
  return {
    title: 'nbd-bench run',
    lead:
      totals.ios === 0
        ? 'No I/O succeeded.'
        : `${shown(iops)} I/Os a second, ${shown(mibPerSecond)} MiB/s. Half of them took at most ${shown(latencyUs.p50)} us, 99 % at most ${shown(latencyUs.p99)} us.`,
    facts: runFacts(results),
    warnings: [
      ...(failure === undefined ? [] : [`the run ended early: ${failure}`]),
      ...(firstError === undefined ? [] : [`${totals.errors} I/O errors, the first: ${firstError}`]),
      ...(interrupted ? ['interrupted: the figures are of the time before.'] : []),
    ],
    sections: [
      section('Figures', htmlTable(RUN_HEAD, runRows(results)), NOTES),
      ...percentileChart(curves).map((chart) => section('Latency', panels([chart]))),
    ],
  };
}

const NOTES = markup`<p class="quiet">Latencies in microseconds, from the request to its answer: p99 is the time within which 99 % were
answered. CPU us/IO is the processor time of the whole nbd-bench process for each I/O.</p>`;

function merged(parts: readonly LatencyHistogram[]): LatencyHistogram {
  const all = new LatencyHistogram();
  for (const part of parts) all.add(part);
  return all;
}
