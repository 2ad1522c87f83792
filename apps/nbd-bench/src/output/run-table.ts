import { formatByteSize } from '../cli/byte-size.js';
import type { Figures, RunResults } from '../run/results.js';
import { plainTable, shown } from './plain-table.js';

const HEAD = [
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
  const { jobs, totals } = results;
  const rows = jobs.length > 1 ? jobs.map((job) => [`job ${job.job}`, ...cells(job), '']) : [];
  const table = plainTable(HEAD, [...rows, ['total', ...cells(totals), shown(totals.cpuUsPerIo)]]);
  return `${header(results)}\n${table}`;
}

function header({ config, server, totals }: RunResults): string {
  const { rw, bs, iodepth, numjobs, offset, size } = config;
  const { info } = server;
  const part = size === Number(info.size) ? '' : `, using ${formatByteSize(size)} from ${offset} on`;
  const jobs = numjobs === 1 ? '1 job' : `${numjobs} jobs`;
  return [
    `server  ${server.uri}${server.embedded ? ' (embedded: CPU time includes it)' : ''}`,
    `export  "${info.name}", ${formatByteSize(info.size)}${info.readOnly ? ', read-only' : ''}${part}`,
    `load    ${rw}, ${formatByteSize(bs)}, depth ${iodepth}, ${jobs}, ${totals.seconds.toFixed(2)} s`,
    '',
  ].join('\n');
}

function cells({ iops, mibPerSecond, latencyUs, errors }: Figures): string[] {
  const { mean, p50, p99, p999, max } = latencyUs;
  return [...[iops, mibPerSecond, mean, p50, p99, p999, max].map(shown), String(errors)];
}
