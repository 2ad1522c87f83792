import type { LatencyHistogram } from '../../job/latency-histogram.js';
import { lineChart } from './line-chart.js';
import type { Markup } from './markup.js';
import { logScale } from './scale.js';

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
  const times = all.map(([, time]) => time);
  const nines = Math.max(...all.map(([x]) => x));
  const chart = lineChart({
    title: 'Latency by percentile: so many percent of the I/Os took at most so long',
    ...{ width: 760, height: 360 },
    x: {
      label: 'percent of the I/Os; each further nine is as wide as the one before',
      scale: (length) => ({ at: (x) => (x / nines) * length, ticks: tickPlaces(nines) }),
      shown: percentText,
    },
    y: {
      label: 'latency',
      scale: (length) => logScale(Math.min(...times), Math.max(...times), length, 24),
      shown: timeText,
    },
    ...{ lines, marks: false },
  });
  return [chart];
}

/** x: how many nines, 1 is 90 %, 2 is 99 %; y: microseconds. The last is the slowest I/O of all. */
export function percentilePoints(latency: LatencyHistogram): [x: number, y: number][] {
  const nines = Math.log10(latency.count);
  const points: [number, number][] = [];
  for (let x = 0; x < nines; x += STEP) {
    points.push([x, atLeastOneNs(latency.percentileUs(100 * (1 - 10 ** -x)))]);
  }
  return [...points, [nines, atLeastOneNs(latency.maxUs())]];
}

/** 0 has no place on a logarithmic axis. */
function atLeastOneNs(us: number): number {
  return Math.max(us, 0.001);
}

/** 0, 50, 90, 99, 99.9 % and so on. */
function tickPlaces(nines: number): number[] {
  return [0, Math.log10(2), ...Array.from({ length: Math.floor(nines) }, (_, index) => index + 1)];
}

function percentText(nines: number): string {
  return `${Number((100 * (1 - 10 ** -nines)).toFixed(Math.max(0, Math.ceil(nines) - 2)))} %`;
}

export function timeText(us: number): string {
  if (us >= 1e6) return `${us / 1e6} s`;
  if (us >= 1000) return `${us / 1000} ms`;
  return us >= 1 ? `${us} us` : `${Math.round(us * 1000)} ns`;
}
