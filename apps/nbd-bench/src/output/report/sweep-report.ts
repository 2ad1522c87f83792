import { formatByteSize } from '../../cli/byte-size.js';
import type { SweepPoint, SweepResults } from '../../sweep/sweep-results.js';
import { counted } from '../counted.js';
import { SWEEP_HEAD, sweepFacts, sweepRow } from '../sweep-table.js';
import { type Line, lineChart } from './line-chart.js';
import { type Markup, markup } from './markup.js';
import { panels, type Report, section } from './page.js';
import { htmlTable } from './table.js';
import { ticksAt } from './ticks.js';

export function sweepReport(results: SweepResults): Report {
  const { points, best, firstError, interrupted } = results;
  const charts = depthCharts(points);
  return {
    title: 'nbd-bench sweep',
    lead: `${points.length} loads, one after the other, on the same server.`,
    facts: sweepFacts(results),
    warnings: [
      ...(firstError === undefined ? [] : [`errors, the first: ${firstError}`]),
      ...(interrupted ? ['interrupted: not all loads were measured.'] : []),
    ],
    sections: [
      section('Best of each block size', htmlTable(SWEEP_HEAD, best.map(sweepRow), [])),
      ...(charts.length === 0 ? [] : [section('IOPS by depth', panels(charts))]),
      section('All loads', htmlTable(SWEEP_HEAD, points.map(sweepRow), []), NOTES),
    ],
  };
}

const NOTES = markup`<p class="quiet">Depth is the number of requests in flight, of each job; a job is a thread. Latencies in
microseconds. CPU us/IO is the processor time of the whole nbd-bench process for each I/O.</p>`;

/** A chart for each block size, a line for each number of jobs and connections. None where there is only one depth. */
export function depthCharts(points: readonly SweepPoint[]): Markup[] {
  const depths = distinct(points.map(({ iodepth }) => iodepth));
  const [least, most] = [depths[0], depths.at(-1)];
  if (least === undefined || most === undefined || least === most) return [];
  return distinct(points.map(({ bs }) => bs)).map((bs) => {
    const ofSize = points.filter((point) => point.bs === bs);
    return lineChart(`Blocks of ${formatByteSize(bs)}`, linesOf(ofSize), true, {
      xAxis: {
        ...{ type: 'log', name: 'depth: requests in flight of each job', min: least, max: most },
        // Nothing else was measured.
        ...ticksAt(depths, String),
      },
      yAxis: { type: 'value', name: 'I/Os a second' },
    });
  });
}

function linesOf(points: readonly SweepPoint[]): Line[] {
  const lines = new Map<string, [number, number][]>();
  for (const { numjobs, connections, iodepth, totals } of points) {
    const name = `${counted(numjobs, 'job')}, ${counted(connections, 'connection')}${numjobs > 1 ? ' each' : ''}`;
    lines.set(name, [...(lines.get(name) ?? []), [iodepth, totals.iops]]);
  }
  return [...lines].map(([name, places]) => ({ name, points: places.sort(([a], [b]) => a - b) }));
}

/** Each once, in ascending order. */
function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
