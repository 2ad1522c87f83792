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
  const at = (nines: number) => points.find(([x]) => Math.abs(x - nines) < 0.001)?.[1];
  expect(points[0]).toEqual([0, closeTo(120)]);
  expect([0.9, 1.1, 1.9, 2.1, 2.9].map(at)).toEqual([120, 1200, 1200, 12_000, 12_000].map(closeTo));
  expect(points.at(-1)).toEqual([3, closeTo(120_000)]);
  for (const [index, [x, us]] of points.entries()) {
    const [lastX, lastUs] = points[index - 1] ?? [-1, 0];
    expect(x).toBeGreaterThan(lastX);
    expect(us).toBeGreaterThanOrEqual(lastUs);
  }
});

test('the chart has the percentiles below and the times beside it', () => {
  const [chart] = percentileChart([{ name: 'all', latency: latencies() }]);
  const texts = textsOf(chart === undefined ? '' : `<html>${chart.source}</html>`, 'text');
  expect(texts).toEqual([
    ...['100 us', '200 us', '500 us', '1 ms', '2 ms', '5 ms', '10 ms', '20 ms', '50 ms', '100 ms', '200 ms'],
    ...['0 %', '50 %', '90 %', '99 %', '99.9 %'],
    ...[expect.stringContaining('percent of the I/Os'), 'latency'],
  ]);
});

test('reads and writes have a line each, and a key', () => {
  const curves = ['reads', 'writes'].map((name) => ({ name, latency: latencies() }));
  const [chart] = percentileChart(curves);
  const page = `<html>${chart?.source}</html>`;
  const lines = htmlElements(page).filter(({ attributes }) => /class="line .*d="M[0-9. ]+L/.test(attributes));
  expect(lines.map(({ attributes }) => /class="([^"]*)"/.exec(attributes)?.[1])).toEqual([
    'line c0 d0',
    'line c1 d1',
  ]);
  expect(textsOf(page, 'li').map((text) => text.trim())).toEqual(['reads', 'writes']);
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
