import { type Markup, markup } from './markup.js';
import type { Scale } from './scale.js';
import { legend, mark, px, seriesClass } from './series.js';

export interface Axis {
  label: string;
  /** Of the plot's width or height. */
  scale: (length: number) => Scale;
  shown: (tick: number) => string;
}

export interface Line {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  /** What it shows, for those who cannot see it too. */
  title: string;
  width: number;
  height: number;
  x: Axis;
  y: Axis;
  lines: readonly Line[];
  /** Of each point: where they are few. */
  marks: boolean;
}

/** Room for 1,000,000 and the label. */
const LEFT = 84;
const RIGHT = 16;
const TOP = 10;
const BOTTOM = 46;
/** Tick labels that are nearer would touch. */
const LEAST_TICK_DISTANCE = 34;

export function lineChart({ title, width, height, x, y, lines, marks }: LineChart): Markup {
  const [right, bottom] = [width - RIGHT, height - BOTTOM];
  const [xs, ys] = [x.scale(right - LEFT), y.scale(bottom - TOP)];
  const place = ([u, v]: readonly [number, number]) => [LEFT + xs.at(u), bottom - ys.at(v)] as const;
  const drawn = lines.map(({ points }, index) => {
    const places = points.map(place);
    const path = places.map(([u, v], at) => `${at === 0 ? 'M' : 'L'}${px(u)} ${px(v)}`).join('');
    return markup`<path class="line ${seriesClass(index)}" d="${path}"/>
${marks ? places.map(([u, v]) => mark(index, u, v)) : undefined}`;
  });
  return markup`<figure>
<figcaption>${title}</figcaption>
<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${ys.ticks.map((tick) => {
  const at = px(bottom - ys.at(tick));
  return markup`<path class="grid" d="M${LEFT} ${at}H${right}"/><text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${y.shown(tick)}</text>\n`;
})}${spaced(xs).map((tick) => {
  const at = px(LEFT + xs.at(tick));
  return markup`<path class="grid" d="M${at} ${TOP}V${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${x.shown(tick)}</text>\n`;
})}<path class="axis" d="M${LEFT} ${TOP}V${bottom}H${right}"/>
<text class="label" x="${(LEFT + right) / 2}" y="${height - 8}" text-anchor="middle">${x.label}</text>
<text class="label" transform="translate(13 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${y.label}</text>
${drawn}</svg>
${
  lines.length > 1
    ? legend(
        lines.map(({ name }) => name),
        marks,
      )
    : undefined
}
</figure>
`;
}

/** Those ticks whose labels have room. */
function spaced({ at, ticks }: Scale): number[] {
  const kept: number[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || at(tick) - at(before) >= LEAST_TICK_DISTANCE) kept.push(tick);
  }
  return kept;
}
