import { formatByteSize } from '../cli/byte-size.js';
import { loadsOf } from '../compare/compare-config.js';
import type { CompareResults } from '../compare/compare-results.js';
import { counted } from './counted.js';
import { type Fact, factLines } from './facts.js';
import { plainTable, shown } from './plain-table.js';
import { ratioText, ratioWords } from './ratio-words.js';

const HEAD = [
  ...['rival', 'version', 'load', 'our IOPS', 'its IOPS', 'ours/its', 'min', 'max'],
  ...['our CPU us/IO', 'its CPU us/IO'],
];

/** One load: a row for each rival. */
export function compareTable(results: CompareResults): string {
  const rows = results.loads
    .flatMap(({ rivals }) => rivals)
    .map((rival) => [
      ...[rival.name, rival.version, rival.rw, shown(rival.ourMedianIops), shown(rival.medianIops)],
      ...[rival.medianRatio, rival.minRatio, rival.maxRatio].map(ratioText),
      ...[shown(rival.ourCpuUsPerIo ?? null), shown(rival.cpuUsPerIo ?? null)],
    ]);
  return [...factLines([...compareFacts(results), ratioFact(results)]), '', plainTable(HEAD, rows)].join(
    '\n',
  );
}

export function ratioFact({ config: { rounds } }: CompareResults): Fact {
  return ['ratio', ratioWords(rounds)];
}

/** Of one load or several. */
export function compareFacts({ config, server, skipped, interrupted }: CompareResults): Fact[] {
  const { rounds, runtime } = config;
  const [bs, iodepth] = [config.bs[0] ?? 0, config.iodepth[0] ?? 0];
  const one = loadsOf(config).length === 1 ? `${formatByteSize(bs)}, depth ${iodepth}, ` : '';
  const end = interrupted ? ', interrupted' : '';
  return [
    ['server', `${server.uri}${server.embedded ? ' (embedded, in a process of its own)' : ''}`],
    ['load', `${one}${counted(rounds, 'round')}, ${runtime} s a turn${end}`],
    ...skipped.map(({ name, why }): Fact => ['skipped', `${name}: ${why}`]),
  ];
}
