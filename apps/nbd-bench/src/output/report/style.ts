import { Markup } from './markup.js';

/** Okabe and Ito's colours, which readers who see fewer of them can tell apart, on white and, lighter, on black. Paper is white. */
const LIGHT = `
  --page: #fff; --text: #1b1f24; --quiet: #57606a; --rule: #d0d7de; --alarm: #fff4d6;
  --s0: #0072b2; --s1: #c94f00; --s2: #00805f; --s3: #a8467f; --s4: #4d4d4d; --ours: #0072b2; --theirs: #8c959f;`;
const DARK = `
  --page: #14171b; --text: #e6e9ec; --quiet: #9aa4ae; --rule: #363c43; --alarm: #3d3210;
  --s0: #56b4e9; --s1: #f0a04b; --s2: #2cc295; --s3: #e59cc5; --s4: #c8c8c8; --ours: #56b4e9; --theirs: #7d8790;`;

const SERIES = [0, 1, 2, 3, 4].map((index) => `.c${index} { --c: var(--s${index}); }`).join('\n');

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
td svg { display: block; }
figure { margin: 16px 0; break-inside: avoid; }
figcaption { font-weight: 600; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 0 24px; }
svg.chart { display: block; width: 100%; max-width: 760px; height: auto; font-size: 12px; }
svg text { fill: var(--text); }
svg .label { fill: var(--quiet); }
${SERIES}
.grid { stroke: var(--rule); stroke-width: 1; fill: none; }
.axis { stroke: var(--quiet); stroke-width: 1; fill: none; }
.line { stroke: var(--c); stroke-width: 2; fill: none; stroke-linejoin: round; }
.d1 { stroke-dasharray: 8 4; }
.d2 { stroke-dasharray: 2 3; }
.d3 { stroke-dasharray: 9 3 2 3; }
.mark { fill: var(--c); }
.one { stroke: var(--text); stroke-width: 2; fill: none; }
.faster { --c: var(--s0); }
.slower { --c: var(--s1); }
.undecided { --c: var(--quiet); }
.undecided .mark { fill: var(--page); stroke: var(--c); stroke-width: 2; }
.spread { stroke: var(--c); stroke-width: 2; fill: none; }
.bar { fill: var(--theirs); }
.bar.ours { fill: var(--ours); }
.bar.quoted { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 3 2; }
.legend { list-style: none; margin: 4px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 20px; font-size: 13px; }
.legend svg { vertical-align: -1px; overflow: visible; }
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
