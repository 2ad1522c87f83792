import { formatByteSize } from '../../cli/byte-size.js';
import type { Load } from '../../compare/compare-config.js';
import type { CompareResults } from '../../compare/compare-results.js';
import { compareFacts } from '../compare-table.js';
import type { Fact } from '../facts.js';
import { shown } from '../plain-table.js';
import { ratioText } from '../ratio-words.js';
import { type Markup, markup } from './markup.js';
import { panels, type Report, section } from './page.js';
import { ratioChart, type Verdict, verdictOf } from './ratio-chart.js';
import { htmlTable } from './table.js';

const HEAD = [
  ...['rival', 'load', 'block', 'depth', 'our IOPS', 'its IOPS', 'ours/its', 'min', 'max'],
  ...['our CPU us/IO', 'its CPU us/IO'],
];

export function compareReport(results: CompareResults): Report {
  const { failure, interrupted } = results;
  return {
    title: 'nbd-bench compare',
    lead: leadOf(results),
    facts: compareFacts(results),
    programs: rivalFacts(results),
    warnings: [
      ...(failure === undefined
        ? []
        : [`it ended early, not all loads and rounds were measured: ${failure}`]),
      ...(interrupted ? ['interrupted: not all loads and rounds were measured.'] : []),
    ],
    sections: [
      section('Ratios', MEANING, panels(ratioCharts(results)), NOTES),
      section('Figures', htmlTable(HEAD, tableRows(results), [0, 1])),
    ],
  };
}

const MEANING = markup`<p>A ratio is <strong>ours divided by theirs</strong>: 2x says that nbd-bench did twice as many I/Os a second as the
rival, 0.5x half as many. Above 1x nbd-bench is faster, below it the rival.</p>`;

const NOTES = markup`<p class="quiet">The mark is the median of the rounds, the line goes from the smallest ratio to the largest. Each
round has a turn of ours and one of the rival's right after it, on the same server. The axis is logarithmic: twice as fast is as far
from 1x as half as fast. raw-loop and raw-loop-structured are no rivals but ceilings: the least that a client on Node's own sockets can
do, without errors, limits or an API. The first asks the server for simple replies, which are less work for both sides, the second for
structured ones, as nbd-bench does by itself.</p>`;

function leadOf({ loads }: CompareResults): string {
  const verdicts = loads.flatMap(({ rivals }) =>
    rivals.map((rival) => verdictOf(rival.minRatio, rival.maxRatio)),
  );
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  return `Of ${verdicts.length} comparisons nbd-bench won every round of ${count('faster')}, the rival every round of ${count('slower')}; in ${count('undecided')} the rounds disagree.`;
}

/** Of one load one chart, a row for each rival; of several a chart for each rival, all with the same scale. */
export function ratioCharts({ loads }: CompareResults): Markup[] {
  const [first, ...more] = loads;
  const rows = loads.flatMap(({ load, rivals }) =>
    rivals.map(({ name, rw, medianRatio, minRatio, maxRatio }) => {
      const label = more.length === 0 ? `${name}\n${rw}` : `${rw}\n${loadText(load)}`;
      return { name, label, median: medianRatio, min: minRatio, max: maxRatio };
    }),
  );
  if (first !== undefined && more.length === 0) {
    return [ratioChart(`nbd-bench beside its rivals: ${loadText(first.load)}`, rows, rows)];
  }
  return [...new Set(rows.map(({ name }) => name))].map((rival) => {
    const its = rows.filter(({ name }) => name === rival);
    return ratioChart(`nbd-bench beside ${rival}`, its, rows);
  });
}

function loadText({ bs, iodepth }: Load): string {
  return `${formatByteSize(bs)}, depth ${iodepth}`;
}

function tableRows({ loads }: CompareResults): string[][] {
  return loads.flatMap(({ load, rivals }) =>
    rivals.map((rival) => [
      ...[rival.name, rival.rw, formatByteSize(load.bs), String(load.iodepth)],
      ...[shown(rival.ourMedianIops), shown(rival.medianIops)],
      ...[rival.medianRatio, rival.minRatio, rival.maxRatio].map(ratioText),
      ...[shown(rival.ourCpuUsPerIo ?? null), shown(rival.cpuUsPerIo ?? null)],
    ]),
  );
}

function rivalFacts({ loads }: CompareResults): Fact[] {
  const versions = new Map<string, string>();
  for (const { rivals } of loads) for (const { name, version } of rivals) versions.set(name, version);
  return [...versions];
}
