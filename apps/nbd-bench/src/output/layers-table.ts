import type { GroupFigures, Row } from '@coaio/by-turns';
import type { LayersResults } from '../layers/layers-results.js';
import { counted } from './counted.js';
import { type Fact, factLines } from './facts.js';
import { plainTable, shown } from './plain-table.js';
import { ratioText } from './ratio-words.js';

/** After the layer's name. */
const HEAD = ['', 'unit', 'ratio', 'min', 'max', 'goal'];
/** Columns of words: what is measured, its unit, the goal. */
const WORDS = [0, 2, 6];

/** A table for each layer. */
export function layersTable(results: LayersResults): string {
  const { layers } = results;
  const tables = layers.map(({ layer, groups }) =>
    plainTable([layer, ...HEAD], groups.flatMap(rowsOf), WORDS),
  );
  return [
    ...factLines([machineFact(results), layersFact(results)]),
    ...tables.map((table) => `\n${table.trimEnd()}`),
    '',
  ].join('\n');
}

function machineFact({ machine: { cpus, cpu, node } }: LayersResults): Fact {
  return ['machine', `${cpus} x ${cpu}, Node ${node}`];
}

export function layersFact({ config: { rounds, runtime }, interrupted }: LayersResults): Fact {
  return [
    'load',
    `${counted(rounds, 'round')}, ${runtime * 1000} ms a turn${interrupted ? ', interrupted' : ''}`,
  ];
}

function rowsOf(group: GroupFigures): string[][] {
  const title = `${group.name} (1x: ${group.base})`;
  return [[title, '', '', '', '', '', ''], ...group.rows.map((row) => cells(row, group.unit))];
}

function cells(row: Row, unit: string): string[] {
  const { name, value, ratio, minRatio, maxRatio } = row;
  const ratios = [ratio, minRatio, maxRatio].map((one) => (one === null ? '-' : ratioText(one)));
  return [`  ${name}`, shown(value), unit, ...ratios, remark(row)];
}

/** What is to be said of a figure. */
export function remark({ goal, source }: Row): string {
  if (goal !== undefined) return `${goal.text}: ${goal.met ? 'met' : 'MISSED'}`;
  return source === undefined ? '' : `quoted: ${source}`;
}
