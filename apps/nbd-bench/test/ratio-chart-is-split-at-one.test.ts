import { expect, test } from 'vitest';
import { compareReport, ratioCharts } from '../src/output/report/compare-report.js';
import { ratioChart, verdictOf } from '../src/output/report/ratio-chart.js';
import { compareResults, rivalSummary } from './support/compare-results.js';
import { htmlElements, textsOf } from './support/html-elements.js';

const ROWS = [
  { label: 'twice', median: 2, min: 1.5, max: 4 },
  { label: 'half', median: 0.5, min: 0.25, max: 0.6 },
  { label: 'either', median: 1.1, min: 0.9, max: 1.2 },
];
const chart = `<html>${ratioChart('ours', ROWS, ROWS).source}</html>`;

/** Where the marks of that colour stand. */
function marks(colour: string): number[] {
  return htmlElements(chart).flatMap(({ attributes }) => {
    const at = /transform="matrix\([^"]*?,([0-9.]+),[0-9.]+\)"/.exec(attributes)?.[1];
    return attributes.includes(`stroke="var(${colour})"`) && at !== undefined ? [Number(at)] : [];
  });
}

/** From where to where the straight lines of that colour go. */
function lines(colour: string): [number, number][] {
  return htmlElements(chart).flatMap(({ attributes }) => {
    const [, from, to] = /d="M([0-9.]+) [0-9.]+L([0-9.]+) [0-9.]+"/.exec(attributes) ?? [];
    return attributes.includes(`stroke="var(${colour})" stroke-width`) && to
      ? [[Number(from), Number(to)]]
      : [];
  });
}

const [FASTER, SLOWER, UNDECIDED] = ['--s0', '--s1', '--quiet'];
const [[one = 0] = []] = lines('--text');

test('above 1 is on one side, below on the other, and twice as far as half', () => {
  const [twice = 0, half = 0] = [...marks(FASTER), ...marks(SLOWER)];
  expect(twice).toBeGreaterThan(one);
  // The lines are on whole pixels.
  expect(Math.abs(twice - one - (one - half))).toBeLessThan(2);
});

test('a line goes from the smallest to the largest', () => {
  const ends = [FASTER, SLOWER, UNDECIDED].map(lines);
  expect(ends.map(([[min = 0, max = 0] = []]) => [Math.sign(min - one), Math.sign(max - one)])).toEqual([
    [1, 1],
    [-1, -1],
    [-1, 1],
  ]);
  const [[[min = 0, max = 0] = []] = []] = ends;
  const [median = 0] = marks(FASTER);
  expect(min).toBeLessThan(median);
  // 4 is twice as far as 2.
  expect(Math.abs(max - one - 2 * (median - one))).toBeLessThan(2);
});

test('words say which side is which, and what each colour and shape is', () => {
  expect(textsOf(chart, 'text')).toEqual([
    '← rival faster   nbd-bench faster →',
    ...['twice', 'half', 'either'],
    ...['0.5x', '1x', '2x'],
    'nbd-bench was faster in every round',
    'the rival was faster in every round',
    'the rounds disagree',
  ]);
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
  expect(ratioChart('ours', rows, rows).source).not.toMatch(/NaN|Infinity|undefined/);
});

test('one load: a row for each rival; several: a chart for each rival', () => {
  const results = compareResults();
  const [load] = results.loads;
  if (load === undefined) throw new Error('no load');
  const captions = (source: string): string[] => textsOf(`<html>${source}</html>`, 'figcaption');
  expect(ratioCharts(results).flatMap(({ source }) => captions(source))).toEqual([
    'nbd-bench beside its rivals: 4 KiB, depth 16',
  ]);
  const more = { ...load, load: { ...load.load, bs: 65_536 }, rivals: [rivalSummary('nbdcopy', [8, 7, 9])] };
  const charts = ratioCharts({ ...results, loads: [load, more] });
  expect(charts.flatMap(({ source }) => captions(source))).toEqual([
    'nbd-bench beside fio',
    'nbd-bench beside qemu-img',
    'nbd-bench beside nbdcopy',
  ]);
  // The same scale, as far as the farthest ratio of all.
  for (const { source } of charts) {
    expect(textsOf(`<html>${source}</html>`, 'text')).toEqual(expect.arrayContaining(['0.2x', '1x', '5x']));
  }
});

test('the page says first how it came out, and that it was interrupted', () => {
  const { lead, warnings } = compareReport(compareResults({ interrupted: true }));
  expect(lead).toBe(
    'Of 2 comparisons nbd-bench won every round of 1, the rival every round of 1; in 0 the rounds disagree.',
  );
  expect(warnings).toEqual(['interrupted: not all loads and rounds were measured.']);
  expect(compareReport(compareResults()).warnings).toEqual([]);
});
