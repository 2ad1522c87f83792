import manifest from '../../../package.json' with { type: 'json' };
import type { Fact } from '../facts.js';
import type { Machine } from './machine.js';
import { type Markup, markup } from './markup.js';
import { STYLE } from './style.js';

export interface Report {
  /** e.g. `nbd-bench run`. */
  title: string;
  /** What came of it, in a sentence. */
  lead: string;
  /** What was measured. */
  facts: readonly Fact[];
  /** What it was measured with, beside what every report has. */
  programs?: readonly Fact[];
  /** What a reader must know before believing the figures. */
  warnings: readonly string[];
  sections: readonly Markup[];
}

/** When, where and by what command its figures were measured. */
export interface Occasion {
  started: Date;
  machine: Machine;
  commandLine: string;
}

/** Scripts, pictures, fonts and all that comes from elsewhere: the browser is told to refuse them. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The whole document. */
export function reportPage(report: Report, occasion: Occasion): string {
  const { title, lead, facts, programs = [], warnings, sections } = report;
  const { started } = occasion;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}, ${started.toISOString()}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
</header>
${warnings.map((warning) => markup`<p class="warning"><strong>Note:</strong> ${warning}</p>\n`)}
<section>
<h2>What was measured</h2>
${factList(facts)}
</section>
${sections}
<section>
<h2>On what</h2>
${factList([...machineFacts(occasion), ...programs])}
</section>
</main>
</body>
</html>
`.source;
}

export function section(title: string, ...content: readonly Markup[]): Markup {
  return markup`<section>\n<h2>${title}</h2>\n${content}\n</section>\n`;
}

/** Charts, beside each other where there is room. */
export function panels(charts: readonly Markup[]): Markup {
  return markup`<div class="panels">\n${charts}</div>`;
}

function machineFacts({ started, machine, commandLine }: Occasion): Fact[] {
  const { node, cpu, cpus, kernel, memory, load } = machine;
  return [
    ['command', commandLine],
    ['begun', started.toISOString()],
    ['nbd-bench', manifest.version],
    ['Node.js', node],
    ['processor', `${cpu}, ${cpus} ${cpus === 1 ? 'core' : 'cores'}`],
    ['memory', `${(memory / 2 ** 30).toFixed(1)} GiB`],
    ['kernel', kernel],
    ['load average', `${load.toFixed(2)} in the minute before`],
  ];
}

function factList(facts: readonly Fact[]): Markup {
  return markup`<dl>\n${facts.map(([name, text]) => markup`<dt>${name}</dt><dd>${text}</dd>\n`)}</dl>`;
}
