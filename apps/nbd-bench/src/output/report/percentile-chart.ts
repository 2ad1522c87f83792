import type { LatencyHistogram } from '../../job/latency-histogram.js';
import { lineChart } from './line-chart.js';
import type { Markup } from './markup.js';
import { roundValues, ticksAt } from './ticks.js';

export interface LatencyCurve {
  name: string;
  latency: LatencyHistogram;
}

/** With fewer there is no tail to be seen. */
const LEAST_COUNT = 10;
/** Of a decade: 90 to 99 % is as wide as 99 to 99.9 %. */
const STEP = 1 / 40;

/** How long at most so many percent took: a steep end is a long tail. None where there were too few I/Os. */
export function percentileChart(curves: readonly LatencyCurve[]): Markup[] {
  const lines = curves.flatMap(({ name, latency }) =>
    latency.count < LEAST_COUNT ? [] : [{ name, points: percentilePoints(latency) }],
  );
  if (lines.length === 0) return [];
  const all = lines.flatMap(({ points }) => points);
  const most = Math.max(...all.map(([x]) => x));
  const times = all.map(([, time]) => time);
  // A little wider than what was measured: the curve touches no border.
  const [fastest, slowest] = [Math.min(...times) / 1.25, Math.max(...times) * 1.25];
  const nines = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
  return [
    lineChart('Latency by percentile', lines, false, {
      xAxis: {
        ...{ type: 'log', name: 'percent of the I/Os took at most so long', min: 1, max: most },
        ...ticksAt([...nines, 2], percentText),
      },
      yAxis: {
        ...{ type: 'log', name: 'latency', min: fastest, max: slowest },
        ...ticksAt(roundValues(fastest, slowest, 4), timeText),
      },
    }),
  ];
}

/** x: one I/O in so many took longer, 10 is 90 %, 100 is 99 %; y: microseconds. The last is the slowest I/O of all. */
export function percentilePoints(latency: LatencyHistogram): [x: number, y: number][] {
  const nines = Math.log10(latency.count);
  const points: [number, number][] = [];
  for (let step = 0; step * STEP < nines; step++) {
    const x = 10 ** (step * STEP);
    points.push([x, atLeastOneNs(latency.percentileUs(100 - 100 / x))]);
  }
  return [...points, [latency.count, atLeastOneNs(latency.maxUs())]];
}

/** 0 has no place on a logarithmic axis. */
function atLeastOneNs(us: number): number {
  return Math.max(us, 0.001);
}

/** 0, 50, 90, 99, 99.9 and so on. */
function percentText(x: number): string {
  return String(Number((100 - 100 / x).toPrecision(12)));
}

export function timeText(us: number): string {
  if (us >= 1e6) return `${us / 1e6} s`;
  if (us >= 1000) return `${us / 1000} ms`;
  return us >= 1 ? `${us} us` : `${Math.round(us * 1000)} ns`;
}
