import type { GroupFigures, Row } from '@coaio/by-turns';
import { chart } from './chart.js';
import type { Markup } from './markup.js';

/** The quoted ones are hollow: they are of another run. */
const KINDS = {
  ours: { color: 'var(--ours)' },
  rival: { color: 'var(--theirs)' },
  quoted: { color: 'transparent', borderColor: 'var(--quiet)', borderWidth: 1.5, borderType: 'dashed' },
} as const;

function kindOf({ ours, source }: Row): keyof typeof KINDS {
  if (source !== undefined) return 'quoted';
  return ours ? 'ours' : 'rival';
}

/** Room for a name of two lines. */
const ROW = 34;
/** Below the rows. */
const AXIS = 60;
const NAME_WIDTH = 150;

const AXIS_NAMES: Readonly<Record<string, string>> = {
  'M/s': 'million a second: longer is better',
  us: 'us an operation: shorter is better',
  ns: 'ns an operation: shorter is better',
};

/** A bar for each row. */
export function groupChart({ name, unit, rows }: GroupFigures): Markup {
  const kinds = [...new Set(rows.map(kindOf))];
  return chart(name, rows.length * ROW + AXIS, {
    xAxis: { type: 'value', name: AXIS_NAMES[unit] ?? unit, splitNumber: 3 },
    yAxis: {
      ...{ type: 'category', inverse: true, data: rows.map((row) => row.name) },
      axisLabel: { width: NAME_WIDTH, overflow: 'break' },
    },
    series: kinds.map((kind) => ({
      ...{ type: 'bar', name: kind, itemStyle: KINDS[kind], barWidth: 12 },
      // One bar a row, whichever series it is of.
      ...{ stack: 'all', data: rows.map((row) => (kindOf(row) === kind ? row.value : '-')) },
    })),
  });
}
