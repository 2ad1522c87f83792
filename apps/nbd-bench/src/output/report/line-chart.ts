import type { EChartsOption } from 'echarts';
import { chart } from './chart.js';
import type { Markup } from './markup.js';

export interface Line {
  name: string;
  points: [x: number, y: number][];
}

/** Told apart by colour, dash and mark, so that none of them alone has to do. The counts have no common divisor: 60 differ. */
const COLOURS = ['var(--s0)', 'var(--s1)', 'var(--s2)', 'var(--s3)', 'var(--s4)'];
const DASHES = ['solid', [8, 4], [2, 3], [9, 3, 2, 3]] as const;
const MARKS = ['circle', 'square', 'triangle'];

/** @param marks of each point: where they are few */
export function lineChart(
  title: string,
  lines: readonly Line[],
  marks: boolean,
  axes: Pick<EChartsOption, 'xAxis' | 'yAxis'>,
): Markup {
  return chart(title, 320, {
    ...axes,
    series: lines.map(({ name, points }, index) => {
      const color = COLOURS[index % COLOURS.length] as string;
      const dash = DASHES[index % DASHES.length] as (typeof DASHES)[number];
      return {
        ...{ type: 'line', name, data: points, clip: false, itemStyle: { color, opacity: marks ? 1 : 0 } },
        lineStyle: { width: 2, color, type: typeof dash === 'string' ? dash : [...dash] },
        ...{ showSymbol: marks, symbol: MARKS[index % MARKS.length], symbolSize: 8 },
      };
    }),
  });
}
