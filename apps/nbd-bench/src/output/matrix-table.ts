import { formatByteSize } from '../cli/byte-size.js';
import type { ComparedLoad, CompareResults } from '../compare/compare-results.js';
import { compareFacts, ratioFact } from './compare-table.js';
import { factLines } from './facts.js';
import { plainTable, shown } from './plain-table.js';

/** A row for each load: our own figures, then the ratio to each rival, with the smallest and the largest behind. */
export function matrixTable(results: CompareResults): string {
  const { config, loads } = results;
  const names = config.rival.filter((name) =>
    loads.some(({ rivals }) => rivals.some((rival) => rival.name === name)),
  );
  const head = [
    'load',
    'block',
    'depth',
    'our IOPS',
    'MiB/s',
    'CPU us/IO',
    ...names.map((name) => `ours/${name}`),
  ];
  return [
    ...factLines([...compareFacts(results), ratioFact(results)]),
    '',
    plainTable(
      head,
      loads.map((load) => cells(load, names)),
    ),
  ].join('\n');
}

function cells({ load, rivals }: ComparedLoad, names: readonly string[]): string[] {
  const [first] = rivals;
  const iops = first?.ourMedianIops ?? 0;
  return [
    ...[load.rw, formatByteSize(load.bs), String(load.iodepth)],
    ...[iops, (iops * load.bs) / 2 ** 20, first?.ourCpuUsPerIo ?? null].map(shown),
    ...names.map((name) => {
      const rival = rivals.find((one) => one.name === name);
      if (rival === undefined) return '-';
      const [ratio, min, max] = [rival.medianRatio, rival.minRatio, rival.maxRatio].map((x) => x.toFixed(2));
      return `${ratio}x (${min}, ${max})`;
    }),
  ];
}
