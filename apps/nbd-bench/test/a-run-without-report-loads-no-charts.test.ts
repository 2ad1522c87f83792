import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const AT_ONCE = /^(?:import(?: .* from)?|\} from) "([^"]+)";$/gm;
const LATER = /\bimport\("([^"]+)"\)/g;

/** The files and packages that a file of the built command loads, and what these load. */
function loaded(file: string, kinds: readonly RegExp[], all = new Set<string>()): Set<string> {
  all.add(file);
  const source = readFileSync(new URL(`../dist/${file}`, import.meta.url), 'utf8');
  for (const [, name = ''] of kinds.flatMap((kind) => [...source.matchAll(kind)])) {
    if (!name.startsWith('./')) all.add(name);
    else if (!all.has(name.slice(2))) loaded(name.slice(2), kinds, all);
  }
  return all;
}

test('they come with the first report', () => {
  const atOnce = loaded('nbd-bench.js', [AT_ONCE]);
  expect(atOnce).toContain('commander');
  expect([...atOnce].filter((name) => name.startsWith('echarts'))).toEqual([]);
  expect(loaded('nbd-bench.js', [AT_ONCE, LATER])).toContain('echarts/core');
});
