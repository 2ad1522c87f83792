import { expect, test } from 'vitest';
import type { CompareResults } from '../src/compare/compare-results.js';
import { compareTable } from '../src/output/compare-table.js';
import { matrixTable } from '../src/output/matrix-table.js';
import { compareResults } from './support/compare-results.js';

const MEANING = 'our IOPS divided by theirs: above 1.00x nbd-bench is faster, below it the rival';
const SPREAD = 'the median of the rounds, the smallest and the largest';

test.each([
  ['one load', compareTable],
  ['several', matrixTable],
])('%s: what is divided by what, and which is better', (_, table) => {
  expect(table(compareResults())).toContain(`\nratio   ${MEANING}; ${SPREAD}\n`);
});

test('a single round has no spread', () => {
  const results = compareResults();
  const one: CompareResults = { ...results, config: { ...results.config, rounds: 1 } };
  expect(compareTable(one)).toContain(`\nratio   ${MEANING}\n`);
});

test('the columns say it too', () => {
  const results = compareResults();
  expect(compareTable(results)).toMatch(/\nrival +version +load +our IOPS +its IOPS +ours\/its +min +max /);
  expect(matrixTable(results)).toMatch(/ ours\/fio +ours\/qemu-img\n/);
  expect(matrixTable(results)).toMatch(/ 2\.00x \(1\.50, 2\.50\) +0\.50x \(0\.40, 0\.60\)\n/);
});
