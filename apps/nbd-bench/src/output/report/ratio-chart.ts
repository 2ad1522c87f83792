import { ratioText } from '../ratio-words.js';
import { type Markup, markup } from './markup.js';
import { logScale, type Scale } from './scale.js';
import { px } from './series.js';

export interface RatioRow {
  label: string;
  median: number;
  min: number;
  max: number;
}

const WIDTH = 720;
const RIGHT = 170;
const TOP = 30;
const ROW = 24;
const BOTTOM = 26;
/** `0.05x`, and a gap. */
const TICK_ROOM = 42;
/** Of a letter, about, with some to spare. */
const LETTER = 7.2;

/** A row for each ratio: its median, and a line from the smallest to the largest; upright the line at 1.
 *  @param among of all charts that are to be compared: they share the scale */
export function ratioChart(title: string, rows: readonly RatioRow[], among: readonly RatioRow[]): Markup {
  const left = Math.max(110, ...among.map(({ label }) => label.length * LETTER)) + 12;
  const [right, bottom] = [WIDTH - RIGHT, TOP + rows.length * ROW];
  const scale = ratioScale(among, right - left);
  const at = (ratio: number): string => px(left + scale.at(ratio));
  const one = at(1);
  return markup`<figure>
<figcaption>${title}</figcaption>
<svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}" role="img" aria-label="${title}">
${scale.ticks.map(
  (tick) =>
    markup`<path class="grid" d="M${at(tick)} ${TOP}V${bottom}"/><text x="${at(tick)}" y="${bottom + 17}" text-anchor="middle">${tick}x</text>\n`,
)}<path class="one" d="M${one} ${TOP - 22}V${bottom}"/>
<text class="label" x="${one}" dx="-8" y="${TOP - 10}" text-anchor="end">← rival faster</text>
<text class="label" x="${one}" dx="8" y="${TOP - 10}">nbd-bench faster →</text>
${rows.map(({ label, median, min, max }, index) => {
  const y = TOP + (index + 0.5) * ROW;
  const verdict = verdictOf(min, max);
  return markup`<g class="${verdict}"><text x="${left - 12}" y="${y}" dy="4" text-anchor="end">${label}</text>
<path class="spread" d="M${at(min)} ${y}H${at(max)}M${at(min)} ${y - 4}v8M${at(max)} ${y - 4}v8"/>
${MARKS[verdict](Number(at(median)), y)}
<text x="${right + 14}" y="${y}" dy="4">${ratioText(median)} (${ratioText(min)} to ${ratioText(max)})</text></g>\n`;
})}</svg>
</figure>
`;
}

export type Verdict = 'faster' | 'slower' | 'undecided';

/** All rounds have to agree. */
export function verdictOf(min: number, max: number): Verdict {
  if (min > 1) return 'faster';
  return max < 1 ? 'slower' : 'undecided';
}

/** A shape each, for those to whom the colours are alike. */
const MARKS: Readonly<Record<Verdict, (x: number, y: number) => Markup>> = {
  faster: (x, y) => markup`<circle class="mark" cx="${px(x)}" cy="${y}" r="5.5"/>`,
  slower: (x, y) => markup`<rect class="mark" x="${px(x - 5)}" y="${y - 5}" width="10" height="10"/>`,
  undecided: (x, y) => markup`<circle class="mark" cx="${px(x)}" cy="${y}" r="5"/>`,
};

export const VERDICT_WORDS: readonly (readonly [Verdict, string])[] = [
  ['faster', 'nbd-bench was faster in every round'],
  ['slower', 'the rival was faster in every round'],
  ['undecided', 'some rounds one, some the other: neither is shown to be faster'],
];

export function verdictLegend(): Markup {
  return markup`<ul class="legend">
${VERDICT_WORDS.map(
  ([verdict, words]) =>
    markup`<li><svg class="${verdict}" viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">${MARKS[verdict](8, 6)}</svg> ${words}</li>\n`,
)}</ul>`;
}

/** Of a turn that came to nothing the ratio is 0 or infinite: it stands at the edge. */
const [LEAST, MOST] = [0.001, 1000];

/** Twice as fast is as far from 1 as half as fast. */
function ratioScale(rows: readonly RatioRow[], length: number): Scale {
  const least = Math.min(0.5, ...rows.map(({ min }) => min));
  const most = Math.max(2, ...rows.map(({ max }) => max));
  const { at, ticks } = logScale(Math.max(least, LEAST), Math.min(most, MOST), length, TICK_ROOM);
  return { at: (ratio) => at(Math.min(Math.max(ratio, LEAST), MOST)), ticks };
}
