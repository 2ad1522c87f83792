import type { MarkLineComponentOption } from 'echarts/components';
import { chart } from './chart.js';
import type { Markup } from './markup.js';
import { roundValues, ticksAt } from './ticks.js';

export interface RatioRow {
  label: string;
  median: number;
  min: number;
  max: number;
}

export type Verdict = 'faster' | 'slower' | 'undecided';

/** All rounds have to agree. */
export function verdictOf(min: number, max: number): Verdict {
  if (min > 1) return 'faster';
  return max < 1 ? 'slower' : 'undecided';
}

/** A shape each, for those to whom the colours are alike. */
const VERDICTS = {
  faster: {
    name: 'nbd-bench was faster in every round',
    symbol: 'circle',
    line: 'var(--s0)',
    fill: 'var(--s0)',
  },
  slower: {
    name: 'the rival was faster in every round',
    symbol: 'square',
    line: 'var(--s1)',
    fill: 'var(--s1)',
  },
  undecided: { name: 'the rounds disagree', symbol: 'circle', line: 'var(--quiet)', fill: 'var(--page)' },
} as const;

/** Room for a label of two lines. */
const ROW = 38;
/** Below the rows. */
const AXIS = 60;
/** Of a turn that came to nothing the ratio is 0 or infinite: it stands at the edge. */
const FARTHEST = 1000;

/** A row for each ratio: its median, and a line from the smallest to the largest; 1 is in the middle, twice as far from it as half.
 *  @param among of all charts that are to be compared: they share the scale */
export function ratioChart(title: string, rows: readonly RatioRow[], among: readonly RatioRow[]): Markup {
  const reach = 1.1 * Math.min(FARTHEST, Math.max(2, ...among.flatMap(({ min, max }) => [max, 1 / min])));
  const onAxis = (ratio: number): number => Math.min(Math.max(ratio, 1 / reach), reach);
  const series = Object.entries(VERDICTS).map(([verdict, { name, symbol, line, fill }]) => {
    const its = rows.flatMap((row, index) =>
      verdictOf(row.min, row.max) === verdict ? [{ ...row, index }] : [],
    );
    return {
      ...{ type: 'scatter' as const, name, symbol, symbolSize: 11, clip: false },
      itemStyle: { color: fill, borderColor: line, borderWidth: 2, opacity: 1 },
      data: its.map(({ median, index }) => [onAxis(median), index]),
      markLine: lines(
        line,
        its.map(({ min, max, index }) => [{ coord: [onAxis(min), index] }, { coord: [onAxis(max), index] }]),
      ),
    };
  });
  return chart(title, rows.length * ROW + AXIS, {
    xAxis: {
      ...{ type: 'log', name: '← rival faster   nbd-bench faster →', min: 1 / reach, max: reach },
      ...ticksAt(roundValues(1 / reach, reach, 2), (ratio) => `${ratio}x`),
    },
    yAxis: { type: 'category', inverse: true, data: rows.map(({ label }) => label) },
    series: [...series, { type: 'scatter', data: [], markLine: lines('var(--text)', [{ xAxis: 1 }]) }],
  });
}

function lines(color: string, data: NonNullable<MarkLineComponentOption['data']>): MarkLineComponentOption {
  return {
    data,
    z: 1,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color, width: 2, type: 'solid' },
  };
}
