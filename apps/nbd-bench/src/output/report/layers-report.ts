import type { GroupFigures, Row } from '@coaio/by-turns';
import type { LayersResults } from '../../layers/layers-results.js';
import { layersFact, remark } from '../layers-table.js';
import { shown } from '../plain-table.js';
import { ratioText } from '../ratio-words.js';
import { groupChart } from './group-chart.js';
import { type Markup, type MarkupValue, markup } from './markup.js';
import { panels, type Report, section } from './page.js';
import { htmlTable, type TableRow } from './table.js';

const HEAD = ['', 'median', 'unit', 'ratio', 'min', 'max', 'goal'];
/** Columns of words: what is measured, the unit, the remark. */
const WORDS = [0, 2, 6];

export function layersReport(results: LayersResults): Report {
  const { layers, interrupted } = results;
  const goals = layers.flatMap(({ groups }) =>
    groups.flatMap(({ rows }) => rows.flatMap(({ goal }) => goal ?? [])),
  );
  const met = goals.filter((goal) => goal.met).length;
  return {
    title: 'nbd-bench layers',
    lead: `The layers below the client beside their rivals, by turns. ${met} of ${goals.length} goals are met.`,
    facts: [layersFact(results)],
    warnings: interrupted ? ['interrupted: not everything was measured.'] : [],
    sections: [
      section('How to read this', NOTES),
      ...layers.map(({ layer, groups }) =>
        section(layer, panels(groups.map(groupChart)), layerTable(groups)),
      ),
    ],
  };
}

function layerTable(groups: readonly GroupFigures[]): Markup {
  return htmlTable(HEAD, groups.flatMap(groupRows), WORDS);
}

function groupRows({ name, unit, base, rows }: GroupFigures): TableRow[] {
  const title = markup`${name} <small>1x is ${base}</small>`;
  return [title, ...rows.map((row) => cells(row, unit))];
}

function cells(row: Row, unit: string): MarkupValue[] {
  const { name, ours, value, ratio, minRatio, maxRatio } = row;
  return [
    ours ? markup`<strong>${name}</strong>` : name,
    ...[shown(value), unit],
    ...[ratio, minRatio, maxRatio].map((one) => (one === null ? '-' : ratioText(one))),
    remark(row),
  ];
}

const NOTES = markup`<p class="quiet">Rivals are measured in the same run; what is quoted is somebody else's figure, from another run. A figure is the median of its turns. The ratio is the median, over the rounds, of the row's figure divided
by that of the rival that is named as 1x; min and max are the smallest and the largest. ns and us are the time of one operation: less is better, and so is a ratio below 1x. M/s are
million operations a second: more is better, and so is a ratio above 1x.</p>`;
