import { formatByteSize } from '../cli/byte-size.js';
import type { SweepPoint, SweepResults } from '../sweep/sweep-results.js';
import { type Fact, factLines } from './facts.js';
import { plainTable, shown } from './plain-table.js';

export const SWEEP_HEAD = [
  ...['jobs', 'connections', 'block', 'depth', 'IOPS', 'MiB/s', 'mean us', 'p99 us', 'errors', 'CPU us/IO'],
];

/** All that was measured, then the best of each block size. */
export function sweepTable(results: SweepResults): string {
  const { points, best } = results;
  return [
    ...factLines(sweepFacts(results)),
    '',
    plainTable(SWEEP_HEAD, points.map(sweepRow), []),
    'best of each block size',
    plainTable(SWEEP_HEAD, best.map(sweepRow), []),
  ].join('\n');
}

export function sweepFacts({ config, server, interrupted }: SweepResults): Fact[] {
  const { rw, runtime, replies } = config;
  const form = replies === undefined ? '' : `, ${replies} replies at most`;
  return [
    ['server', `${server.uri}${server.embedded ? ' (embedded: CPU time includes it)' : ''}`],
    ['load', `${rw}, ${runtime} s each${form}${interrupted ? ', interrupted' : ''}`],
  ];
}

export function sweepRow({ numjobs, connections, bs, iodepth, totals }: SweepPoint): string[] {
  const { iops, mibPerSecond, latencyUs, errors, cpuUsPerIo } = totals;
  return [
    ...[String(numjobs), String(connections), formatByteSize(bs), String(iodepth)],
    ...[iops, mibPerSecond, latencyUs.mean, latencyUs.p99].map(shown),
    ...[String(errors), shown(cpuUsPerIo)],
  ];
}
