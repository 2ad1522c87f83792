import { expect, test } from 'vitest';
import { compareReport, ratioCharts } from '../src/output/report/compare-report.js';
import { ratioChart, verdictOf } from '../src/output/report/ratio-chart.js';
import { compareResults, rivalSummary } from './support/compare-results.js';
import { type HtmlElement, htmlElements, textsOf } from './support/html-elements.js';

const ROWS = [
  { label: 'twice', median: 2, min: 1.5, max: 4 },
  { label: 'half', median: 0.5, min: 0.25, max: 0.6 },
  { label: 'either', median: 1.1, min: 0.9, max: 1.2 },
];
const chart = `<html>${ratioChart('ours', ROWS, ROWS).source}</html>`;

function number(element: HtmlElement | undefined, pattern: RegExp): number {
  return Number(pattern.exec(element?.attributes ?? '')?.[1]);
}

/** Where the line at 1 stands. */
const one = number(
  htmlElements(chart).find(({ attributes }) => attributes.startsWith('class="one"')),
  /M([0-9.]+) /,
);
const marks = htmlElements(chart).filter(({ attributes }) => attributes.startsWith('class="mark"'));
const spreads = htmlElements(chart).filter(({ attributes }) => attributes.startsWith('class="spread"'));

test('above 1 is on one side, below on the other, and twice as far as half', () => {
  const twice = number(marks[0], /cx="([0-9.]+)"/);
  const half = number(marks[1], / x="([0-9.]+)"/) + 5;
  expect(twice).toBeGreaterThan(one);
  expect(twice - one).toBeCloseTo(one - half, 0);
});

test('a line goes from the smallest to the largest', () => {
  const ends = spreads.map((spread) => [number(spread, /M([0-9.]+) /), number(spread, /H([0-9.]+)/)]);
  const [twice, half, either] = ends.map(([min = 0, max = 0]) => [
    Math.sign(min - one),
    Math.sign(max - one),
  ]);
  expect([twice, half, either]).toEqual([
    [1, 1],
    [-1, -1],
    [-1, 1],
  ]);
  const [min = 0, max = 0] = ends[0] ?? [];
  const median = number(marks[0], /cx="([0-9.]+)"/);
  expect(min).toBeLessThan(median);
  expect(max).toBeGreaterThan(median);
  // 4 is twice as far as 2.
  expect(max - one).toBeCloseTo(2 * (median - one), 0);
});

test('each verdict has a class and, for who sees no colours, a shape', () => {
  const groups = htmlElements(chart).filter(({ name }) => name === 'g');
  expect(groups.map(({ attributes }) => attributes)).toEqual([
    'class="faster"',
    'class="slower"',
    'class="undecided"',
  ]);
  expect(marks.map(({ name }) => name)).toEqual(['circle', 'rect', 'circle']);
});

test('words say which side is which, and what each ratio is', () => {
  expect(textsOf(chart, 'text')).toEqual(
    expect.arrayContaining(['1x', '← rival faster', 'nbd-bench faster →', '2.00x (1.50x to 4.00x)']),
  );
});

test.each([
  [1.01, 2, 'faster'],
  [1, 2, 'undecided'],
  [0.9, 1.1, 'undecided'],
  [0.5, 1, 'undecided'],
  [0.5, 0.99, 'slower'],
] as const)('%s to %s: %s', (min, max, verdict) => {
  expect(verdictOf(min, max)).toBe(verdict);
});

test('a turn that came to nothing stays in the picture', () => {
  const rows = [{ label: 'none', median: 0, min: 0, max: Number.POSITIVE_INFINITY }];
  expect(ratioChart('ours', rows, rows).source).not.toMatch(/NaN|H-|M-|H-?Infinity/);
});

test('one load: a row for each rival; several: a chart for each rival', () => {
  const results = compareResults();
  const [load] = results.loads;
  if (load === undefined) throw new Error('no load');
  const captions = (source: string): string[] => textsOf(`<html>${source}</html>`, 'figcaption');
  expect(ratioCharts(results).flatMap(({ source }) => captions(source))).toEqual([
    'nbd-bench beside its rivals',
  ]);
  const more = { ...load, load: { ...load.load, bs: 65_536 }, rivals: [rivalSummary('nbdcopy', [8, 7, 9])] };
  const charts = ratioCharts({ ...results, loads: [load, more] });
  expect(charts.flatMap(({ source }) => captions(source))).toEqual([
    'nbd-bench beside fio',
    'nbd-bench beside qemu-img',
    'nbd-bench beside nbdcopy',
  ]);
  // The same scale: 1 is at the same place.
  const ones = charts.map(({ source }) => /class="one" d="M([0-9.]+) /.exec(source)?.[1]);
  expect(new Set(ones).size).toBe(1);
});

test('the page says first how it came out, and that it was interrupted', () => {
  const { lead, warnings } = compareReport(compareResults({ interrupted: true }));
  expect(lead).toBe(
    'Of 2 comparisons nbd-bench won every round of 1, the rival every round of 1; in 0 the rounds disagree.',
  );
  expect(warnings).toEqual(['interrupted: not all loads and rounds were measured.']);
  expect(compareReport(compareResults()).warnings).toEqual([]);
});
