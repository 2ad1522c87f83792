import { expect, test } from 'vitest';
import { depthCharts } from '../src/output/report/sweep-report.js';
import type { SweepPoint } from '../src/sweep/sweep-results.js';
import { htmlElements, textsOf } from './support/html-elements.js';

function point(fields: Pick<SweepPoint, 'bs' | 'iodepth' | 'numjobs'>, iops: number): SweepPoint {
  const latencyUs = { mean: 1, p50: 1, p99: 1, p999: 1, max: 1 };
  const totals = { ios: 1, iops, mibPerSecond: 1, latencyUs, errors: 0, seconds: 1, cpuUsPerIo: 1 };
  return { ...fields, connections: 1, totals };
}

const POINTS = [1, 2].flatMap((numjobs) =>
  [4096, 65_536].flatMap((bs) =>
    // Not in order: that is how a list may be given.
    [16, 1, 4].map((iodepth) => point({ bs, iodepth, numjobs }, iodepth * numjobs * 1000)),
  ),
);
const pages = (points: readonly SweepPoint[]): string[] =>
  depthCharts(points).map(({ source }) => `<html>${source}</html>`);

test('in order of size, with the depths below', () => {
  const charts = pages(POINTS);
  expect(charts.map((chart) => textsOf(chart, 'figcaption'))).toEqual([
    ['Blocks of 4 KiB'],
    ['Blocks of 64 KiB'],
  ]);
  const [chart = ''] = charts;
  expect(textsOf(chart, 'text')).toEqual([
    ...['I/Os a second', 'depth: requests in flight of each job'],
    ...['0', '5,000', '10,000', '15,000', '20,000', '25,000', '30,000', '35,000'],
    ...['1', '4', '16', '1 job, 1 connection', '2 jobs, 1 connection each'],
  ]);
});

test('a line and a mark per depth for each number of jobs', () => {
  const [chart = ''] = pages(POINTS);
  const paths = htmlElements(chart).map(({ attributes }) => attributes);
  const lines = paths.flatMap((path) => /d="M([^"LZ]*L[^"LZ]*L[^"LZ]*)"/.exec(path)?.[1] ?? []);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const places = line.split('L').map((place) => place.split(' ').map(Number) as [number, number]);
    const [first, second, third] = places as [[number, number], [number, number], [number, number]];
    // Four times the depth is as far from 1 to 4 as from 4 to 16; more IOPS are higher up.
    expect(second[0] - first[0]).toBeCloseTo(third[0] - second[0], 0);
    expect(second[0]).toBeGreaterThan(first[0]);
    expect(first[1]).toBeGreaterThan(second[1]);
    expect(second[1]).toBeGreaterThan(third[1]);
  }
  expect(paths.filter((path) => path.includes('matrix(4,'))).toHaveLength(2 * 3);
});

test('one depth makes no line', () => {
  expect(pages(POINTS.filter(({ iodepth }) => iodepth === 4))).toEqual([]);
});
