import type { EChartsOption } from 'echarts';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, registerTheme, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { Markup, markup } from './markup.js';
import { FONT_SIZE } from './style.js';

use([BarChart, GridComponent, LegendComponent, LineChart, MarkLineComponent, ScatterChart, SVGRenderer]);

/** Two fit beside each other on a page; on a telephone the text is still nine pixels high. */
const WIDTH = 480;
const LEGEND_ROW = 24;
const LEGEND_MARGIN = 10;
/** Letters of all names that fit one row of the legend. */
const LEGEND_LETTERS = 30;

/** Of a letter, about, in heights of the font: which font a reader has is not known. */
const LETTER_WIDTH = 0.62;
// The library takes the width of a Chinese character for the height of a line.
setPlatformAPI({
  measureText: (text) => ({ width: text.length * FONT_SIZE * (text >= '\u2e80' ? 1.2 : LETTER_WIDTH) }),
});

const axis = {
  axisLabel: { color: 'var(--text)', fontSize: FONT_SIZE, hideOverlap: true },
  axisLine: { show: true, lineStyle: { color: 'var(--quiet)' } },
  axisTick: { show: true, lineStyle: { color: 'var(--quiet)' } },
  splitLine: { show: true, lineStyle: { color: 'var(--rule)' } },
  nameLocation: 'middle',
  nameTextStyle: { color: 'var(--quiet)', fontSize: FONT_SIZE },
};

// The page's own colours, so that a chart is light, dark or for paper with it.
registerTheme('page', {
  animation: false,
  backgroundColor: 'transparent',
  valueAxis: axis,
  logAxis: axis,
  legend: {
    ...{ left: 'center', bottom: 0, itemHeight: 9, itemGap: 8 },
    textStyle: { color: 'var(--text)', fontSize: FONT_SIZE },
  },
  categoryAxis: {
    ...axis,
    axisLabel: { ...axis.axisLabel, hideOverlap: false, interval: 0 },
    ...{ axisTick: { show: false }, splitLine: { show: false } },
  },
});

/** @param height of the plot and its axes: a legend of all series that have a name comes below */
export function chart(
  title: string,
  height: number,
  option: EChartsOption & { series: { name?: string; type?: string }[] },
): Markup {
  const names = option.series.flatMap(({ name }) => name ?? []);
  const lines = option.series.some(({ type }) => type === 'line');
  const inOneRow = names.join('').length <= LEGEND_LETTERS;
  const legend = names.length < 2 ? 0 : LEGEND_MARGIN + LEGEND_ROW * (inOneRow ? 1 : names.length);
  const drawing = init(null, 'page', { renderer: 'svg', ssr: true, width: WIDTH, height: height + legend });
  drawing.setOption({
    grid: { left: 0, right: 24, top: 12, bottom: legend, outerBoundsMode: 'same' },
    ...(legend > 0 && {
      legend: { data: names, itemWidth: lines ? 36 : 12, orient: inOneRow ? 'horizontal' : 'vertical' },
    }),
    ...option,
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return markup`<figure>
<figcaption>${title}</figcaption>
<div class="chart" role="img" aria-label="${title}">${new Markup(bare(svg))}</div>
</figure>
`;
}

/** Without what only a script or a file of its own would need, and what the page's style says. */
function bare(svg: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>\n?/g, '')
    .replace(/ (?:xmlns(?::\w+)?|version|baseProfile|class|style|pointer-events|ecmeta_\w+)="[^"]*"/g, '');
}
