import type { GroupFigures, Row } from '@coaio/by-turns';
import type { LayersResults } from '../../layers/layers-results.js';
import { layersFact, remark } from '../layers-table.js';
import { shown } from '../plain-table.js';
import { ratioText } from '../ratio-words.js';
import { type Markup, type MarkupValue, markup } from './markup.js';
import { type Report, section } from './page.js';
import { px } from './series.js';
import { htmlTable, type TableRow } from './table.js';

const HEAD = ['', '', 'median', 'unit', 'ratio', 'min', 'max', 'goal'];
/** Columns of words: what is measured, its bar, the unit, the remark. */
const WORDS = [0, 1, 3, 7];

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
      section('How to read this', KEY, NOTES),
      ...layers.map(({ layer, groups }) => section(layer, layerTable(groups))),
    ],
  };
}

function layerTable(groups: readonly GroupFigures[]): Markup {
  return htmlTable(HEAD, groups.flatMap(groupRows), WORDS);
}

function groupRows({ name, unit, base, rows }: GroupFigures): TableRow[] {
  const longest = Math.max(...rows.map(({ value }) => value));
  const title = markup`${name} <small>${betterIs(unit)} is better; 1x is ${base}</small>`;
  return [title, ...rows.map((row) => cells(row, unit, longest))];
}

function betterIs(unit: string): string {
  return unit === 'M/s' ? 'longer' : 'shorter';
}

function cells(row: Row, unit: string, longest: number): MarkupValue[] {
  const { name, ours, value, ratio, minRatio, maxRatio } = row;
  return [
    ours ? markup`<strong>${name}</strong>` : name,
    bar(kindOf(row), value / longest),
    ...[shown(value), unit],
    ...[ratio, minRatio, maxRatio].map((one) => (one === null ? '-' : ratioText(one))),
    remark(row),
  ];
}

type Kind = 'ours' | 'rival' | 'quoted';

function kindOf({ ours, source }: Row): Kind {
  if (source !== undefined) return 'quoted';
  return ours ? 'ours' : 'rival';
}

const WIDTH = 200;

/** @param part of the longest of its group */
function bar(kind: Kind, part: number): Markup {
  const length = px(Math.max(1, part * (WIDTH - 2)));
  return markup`<svg viewBox="0 0 ${WIDTH} 14" width="${WIDTH}" height="14" aria-hidden="true"><rect class="bar ${kind}" x="1" y="2" width="${length}" height="10"/></svg>`;
}

const KINDS: readonly (readonly [Kind, string])[] = [
  ['ours', 'ours'],
  ['rival', 'a rival, measured in the same run'],
  ['quoted', "quoted: somebody else's figure, from another run"],
];

const KEY = markup`<ul class="legend">
${KINDS.map(
  ([kind, words]) =>
    markup`<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true"><rect class="bar ${kind}" x="1" y="2" width="28" height="10"/></svg> ${words}</li>\n`,
)}</ul>`;

const NOTES = markup`<p class="quiet">A figure is the median of its turns. The ratio is the median, over the rounds, of the row's figure divided
by that of the rival that is named as 1x; min and max are the smallest and the largest. ns and us are the time of one operation: less is better, and so is a ratio below 1x. M/s are
million operations a second: more is better, and so is a ratio above 1x.</p>`;
