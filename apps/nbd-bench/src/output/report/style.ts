import { Markup } from './markup.js';

/** Okabe and Ito's colours, which readers who see fewer of them can tell apart, on white and, lighter, on black. Paper is white. */
const LIGHT = `
  --page: #fff; --text: #1b1f24; --quiet: #57606a; --rule: #d0d7de; --alarm: #fff4d6;
  --s0: #0072b2; --s1: #c94f00; --s2: #00805f; --s3: #a8467f; --s4: #4d4d4d; --ours: #0072b2; --theirs: #8c959f;`;
const DARK = `
  --page: #14171b; --text: #e6e9ec; --quiet: #9aa4ae; --rule: #363c43; --alarm: #3d3210;
  --s0: #56b4e9; --s1: #f0a04b; --s2: #2cc295; --s3: #e59cc5; --s4: #c8c8c8; --ours: #56b4e9; --theirs: #7d8790;`;

/** Of the text in a chart, in pixels where the chart is as wide as it was drawn. */
export const FONT_SIZE = 13;

export const STYLE = new Markup(`
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 36px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--rule); }
p { margin: 6px 0; max-width: 75ch; }
.lead { font-size: 17px; }
.quiet { color: var(--quiet); }
.warning { background: var(--alarm); border-left: 4px solid var(--s1); padding: 6px 12px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.table { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 3px 10px; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; border-bottom-width: 2px; }
th.word, td.word { text-align: left; }
tr.title th { color: var(--text); border-bottom: 1px solid var(--rule); padding-top: 14px; }
small { color: var(--quiet); font-weight: 400; margin-left: 8px; }
figure { margin: 16px 0; max-width: 560px; break-inside: avoid; }
figcaption { font-weight: 600; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 0 24px; }
.chart text { font-size: ${FONT_SIZE}px; }
.chart svg { display: block; width: 100%; height: auto; }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; ${LIGHT} }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .table { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding: 2px 5px; }
  tr { break-inside: avoid; }
  h2, tr.title { break-after: avoid; }
}
`);
