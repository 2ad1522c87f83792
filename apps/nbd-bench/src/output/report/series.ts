import { type Markup, markup } from './markup.js';

/** Told apart by colour, dash and mark, so that none of them alone has to do. The counts have no common divisor: 60 differ. */
const COLOURS = 5;
const DASHES = 4;
const MARKS = ['M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z', 'M-3.5 -3.5h7v7h-7z', 'M0 -4.5l4.5 8h-9z'] as const;

export function seriesClass(index: number): string {
  return `c${index % COLOURS} d${index % DASHES}`;
}

export function mark(index: number, x: number, y: number): Markup {
  const shape = MARKS[index % MARKS.length] as string;
  return markup`<path class="mark c${index % COLOURS}" d="${shape}" transform="translate(${px(x)} ${px(y)})"/>`;
}

/** Below a chart: which line is whose. */
export function legend(names: readonly string[], marks: boolean): Markup {
  const item = (
    name: string,
    index: number,
  ): Markup => markup`<li><svg viewBox="0 0 36 12" width="36" height="12" aria-hidden="true">
<path class="line ${seriesClass(index)}" d="M0 6H36"/>${marks ? mark(index, 18, 6) : undefined}</svg> ${name}</li>\n`;
  return markup`<ul class="legend">\n${names.map(item)}</ul>`;
}

/** A coordinate: a tenth of a unit is below what can be seen. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
