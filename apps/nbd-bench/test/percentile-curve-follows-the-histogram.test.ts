import { expect, test } from 'vitest';
import { LatencyHistogram } from '../src/job/latency-histogram.js';
import { percentileChart, percentilePoints, timeText } from '../src/output/report/percentile-chart.js';
import { htmlElements, textsOf } from './support/html-elements.js';

/** 900 of 120 us, 90 of 1.2 ms, 9 of 12 ms and one of 120 ms. */
function latencies(): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const [us, count] of [
    [120, 900],
    [1200, 90],
    [12_000, 9],
    [120_000, 1],
  ] as const) {
    histogram.record(us * 1000, count);
  }
  return histogram;
}

/** To the three digits that a histogram keeps. */
function closeTo(us: number): unknown {
  return expect.closeTo(us, Math.log10(us) > 3 ? -2 : 0);
}

test('from the fastest I/O to the slowest, a step at each further nine', () => {
  const points = percentilePoints(latencies());
  // One I/O in x took longer.
  const at = (nines: number) => points.find(([x]) => Math.abs(Math.log10(x) - nines) < 0.001)?.[1];
  expect(points[0]).toEqual([1, closeTo(120)]);
  expect([0.9, 1.1, 1.9, 2.1, 2.9].map(at)).toEqual([120, 1200, 1200, 12_000, 12_000].map(closeTo));
  expect(points.at(-1)).toEqual([1000, closeTo(120_000)]);
  for (const [index, [x, us]] of points.entries()) {
    const [lastX, lastUs] = points[index - 1] ?? [0, 0];
    expect(x).toBeGreaterThan(lastX);
    expect(us).toBeGreaterThanOrEqual(lastUs);
  }
});

test('the chart has the percentiles below and the times beside it', () => {
  const [chart] = percentileChart([{ name: 'all', latency: latencies() }]);
  const texts = textsOf(chart === undefined ? '' : `<html>${chart.source}</html>`, 'text');
  expect(texts).toEqual([
    ...['latency', 'percent of the I/Os took at most so long'],
    ...['100 us', '200 us', '500 us', '1 ms', '2 ms', '5 ms', '10 ms', '20 ms', '50 ms', '100 ms'],
    ...['0', '50', '90', '99', '99.9'],
  ]);
});

test('reads and writes have a line each, and a legend', () => {
  const curves = ['reads', 'writes'].map((name) => ({ name, latency: latencies() }));
  const [chart] = percentileChart(curves);
  const page = `<html>${chart?.source}</html>`;
  const curved = htmlElements(page).filter(({ attributes }) => (attributes.match(/L/g)?.length ?? 0) > 10);
  expect(curved.map(({ attributes }) => /stroke="([^"]*)"/.exec(attributes)?.[1])).toEqual([
    'var(--s0)',
    'var(--s1)',
  ]);
  expect(textsOf(page, 'text').slice(-2)).toEqual(['reads', 'writes']);
});

test('too few I/Os have no tail to be seen', () => {
  const few = new LatencyHistogram();
  few.record(1000, 9);
  expect(percentileChart([{ name: 'all', latency: few }])).toEqual([]);
  expect(percentileChart([{ name: 'all', latency: new LatencyHistogram() }])).toEqual([]);
});

test.each([
  [0.5, '500 ns'],
  [20, '20 us'],
  [5000, '5 ms'],
  [2e6, '2 s'],
])('%s us is %s', (us, text) => {
  expect(timeText(us)).toBe(text);
});
