import { formatByteSize } from '../cli/byte-size.js';
import type { CompareResults } from '../compare/compare-results.js';
import { plainTable, shown } from './plain-table.js';
import { ratioWords } from './ratio-words.js';

const HEAD = [
  ...['rival', 'version', 'load', 'our IOPS', 'its IOPS', 'ours/its', 'min', 'max'],
  ...['our CPU us/IO', 'its CPU us/IO'],
];

/** One load: a row for each rival. */
export function compareTable({ config, server, loads, skipped }: CompareResults): string {
  const rows = loads
    .flatMap(({ rivals }) => rivals)
    .map((rival) => [
      ...[rival.name, rival.version, rival.rw, shown(rival.ourMedianIops), shown(rival.medianIops)],
      ...[rival.medianRatio, rival.minRatio, rival.maxRatio].map((ratio) => `${ratio.toFixed(2)}x`),
      ...[shown(rival.ourCpuUsPerIo ?? null), shown(rival.cpuUsPerIo ?? null)],
    ]);
  const { rounds, runtime } = config;
  const [bs, iodepth] = [config.bs[0] ?? 0, config.iodepth[0] ?? 0];
  return [
    `server  ${server.uri}${server.embedded ? ' (embedded, in a process of its own)' : ''}`,
    `load    ${formatByteSize(bs)}, depth ${iodepth}, ${rounds} rounds, ${runtime} s a turn`,
    `ratio   ${ratioWords(rounds)}`,
    ...skipped.map((name) => `skipped ${name}: not installed, or without NBD`),
    '',
    plainTable(HEAD, rows),
  ].join('\n');
}
