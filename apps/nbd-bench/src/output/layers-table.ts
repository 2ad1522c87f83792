import type { GroupFigures, Row } from '@coaio/by-turns';
import type { LayersResults } from '../layers/layers-results.js';
import { plainTable, shown } from './plain-table.js';

/** After the layer's name. */
const HEAD = ['', 'unit', 'ratio', 'min', 'max', 'goal'];
/** Columns of words: what is measured, its unit, the goal. */
const WORDS = [0, 2, 6];

/** A table for each layer. */
export function layersTable({ config, machine, layers, interrupted }: LayersResults): string {
  const { rounds, runtime } = config;
  const tables = layers.map(({ layer, groups }) =>
    plainTable([layer, ...HEAD], groups.flatMap(rowsOf), WORDS),
  );
  return [
    `machine ${machine.cpus} x ${machine.cpu}, Node ${machine.node}`,
    `load    ${rounds} rounds, ${runtime * 1000} ms a turn${interrupted ? ', interrupted' : ''}`,
    ...tables.map((table) => `\n${table.trimEnd()}`),
    '',
  ].join('\n');
}

function rowsOf(group: GroupFigures): string[][] {
  const title = `${group.name} (1x: ${group.base})`;
  return [[title, '', '', '', '', '', ''], ...group.rows.map((row) => cells(row, group.unit))];
}

function cells({ name, value, ratio, minRatio, maxRatio, goal, source }: Row, unit: string): string[] {
  const ratios = [ratio, minRatio, maxRatio].map((one) => (one === null ? '-' : times(one)));
  return [`  ${name}`, shown(value), unit, ...ratios, remark(goal, source)];
}

/** Small ones, of a rival that is left far behind, keep two digits that mean something. */
function times(ratio: number): string {
  return `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}x`;
}

function remark(goal: Row['goal'], source: string | undefined): string {
  if (goal !== undefined) return `${goal.text}: ${goal.met ? 'met' : 'MISSED'}`;
  return source === undefined ? '' : `quoted: ${source}`;
}
