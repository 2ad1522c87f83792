import { formatByteSize } from '../cli/byte-size.js';
import type { DirectionFigures, Figures, RunResults } from '../run/results.js';
import { isMixed } from '../run/run-config.js';
import { counted } from './counted.js';
import { type Fact, factLines } from './facts.js';
import { plainTable, shown } from './plain-table.js';

export const RUN_HEAD = [
  '',
  'IOPS',
  'MiB/s',
  'mean us',
  'p50 us',
  'p99 us',
  'p99.9 us',
  'max us',
  'errors',
  'CPU us/IO',
];

export function runTable(results: RunResults): string {
  return [...factLines(runFacts(results)), '', plainTable(RUN_HEAD, runRows(results))].join('\n');
}

/** The jobs, where there are several, and the totals. */
export function runRows({ jobs, totals }: RunResults): string[][] {
  const rows = jobs.length > 1 ? jobs.map((job) => [`job ${job.job}`, ...cells(job), '']) : [];
  const { read, write } = totals;
  const mixture = read && write ? [directionRow('reads', read), directionRow('writes', write)] : [];
  const total = ['total', ...cells(totals), shown(totals.cpuUsPerIo)];
  return [...rows, ...mixture, total];
}

export function runFacts({ config, server, totals, interrupted }: RunResults): Fact[] {
  const { rw, bs, iodepth, numjobs, connections, offset, size, rateIops, replies } = config;
  const { info } = server;
  const part = size === Number(info.size) ? '' : `, using ${formatByteSize(size)} from ${offset} on`;
  const verified: Fact[] = totals.verified
    ? [['verify', `${totals.verified} blocks were read back and are right`]]
    : [];
  const load = [
    isMixed(rw) ? `${rw} (${config.rwmixread} % reads)` : rw,
    formatByteSize(bs),
    `depth ${iodepth}`,
    counted(numjobs, 'job'),
    ...(connections === 1 ? [] : [connections === 0 ? 'one client' : `${connections} connections each`]),
    ...(rateIops === undefined ? [] : [`at most ${rateIops} IOPS each`]),
    ...(replies === undefined ? [] : [`${replies} replies at most`]),
    `${totals.seconds.toFixed(2)} s`,
    ...(interrupted ? ['interrupted'] : []),
  ];
  return [
    ['server', `${server.uri}${server.embedded ? ' (embedded: CPU time includes it)' : ''}`],
    ['export', `"${info.name}", ${formatByteSize(info.size)}${info.readOnly ? ', read-only' : ''}${part}`],
    ['load', load.join(', ')],
    ...verified,
  ];
}

function cells(figures: Figures): string[] {
  return [...rates(figures), String(figures.errors)];
}

function directionRow(name: string, figures: DirectionFigures): string[] {
  return [name, ...rates(figures), '', ''];
}

function rates({ iops, mibPerSecond, latencyUs }: DirectionFigures): string[] {
  const { mean, p50, p99, p999, max } = latencyUs;
  return [iops, mibPerSecond, mean, p50, p99, p999, max].map(shown);
}
