import { expect, test } from 'vitest';
import type { LayersResults } from '../src/layers/layers-results.js';
import { layersReport } from '../src/output/report/layers-report.js';
import { htmlElements, textsOf } from './support/html-elements.js';

const RATIOS = { ratio: 0.5, minRatio: 0.4, maxRatio: 0.6 };
const RESULTS: LayersResults = {
  config: { rounds: 31, runtime: 0.005, layers: ['coroutine'] },
  machine: { node: '20.19.0', cpu: 'Z80', cpus: 2 },
  layers: [
    {
      layer: 'coroutine',
      groups: [
        {
          ...{ name: 'enter + yield', unit: 'ns', rounds: 31, base: 'await' },
          rows: [
            {
              name: 'Coroutine',
              ours: true,
              value: 50,
              ...RATIOS,
              goal: { text: 'at most 57 ns', met: true },
            },
            { name: 'await', ours: false, value: 100, ratio: 1, minRatio: 1, maxRatio: 1 },
            {
              ...{ name: 'QEMU', ours: false, value: 25, source: 'a test' },
              ...{ ratio: null, minRatio: null, maxRatio: null },
            },
          ],
        },
        {
          ...{ name: 'lock', unit: 'M/s', rounds: 31, base: 'bare' },
          rows: [
            {
              name: 'CoMutex',
              ours: true,
              value: 3,
              ...RATIOS,
              goal: { text: 'at least 4 M/s', met: false },
            },
          ],
        },
      ],
    },
  ],
  interrupted: false,
};
const [, table] = layersReport(RESULTS).sections;
const page = `<html>${table?.source}</html>`;

test('as long as its figure, within its group, and of its kind', () => {
  const bars = htmlElements(page).flatMap(({ attributes }) => {
    const [, width, fill] =
      /d="M[0-9.]+ [0-9.]+l([0-9.]+) 0l0 1[0-9.]+l.* fill="([^"]*)"/.exec(attributes) ?? [];
    return width === undefined ? [] : [{ width: Number(width), fill }];
  });
  const [ours, rival, quoted, mutex] = bars;
  expect(bars.map(({ fill }) => fill)).toEqual(['var(--ours)', 'var(--theirs)', 'none', 'var(--ours)']);
  expect(rival?.width).toBeCloseTo(2 * (ours?.width ?? 0), 0);
  // It has a border.
  expect(Math.abs((quoted?.width ?? 0) - (ours?.width ?? 0) / 2)).toBeLessThan(2);
  expect(mutex?.width).toBeGreaterThan(100);
});

test('names, figures on an axis, and what is better', () => {
  const texts = textsOf(page, 'text');
  expect(texts).toEqual(expect.arrayContaining(['Coroutine', 'await', 'QEMU', '0', '30', '120']));
  expect(texts).toEqual(expect.arrayContaining(['ours', 'rival', 'quoted']));
  expect(texts.filter((text) => text.includes('better'))).toEqual([
    'ns an operation: shorter is better',
    'million a second: longer is better',
  ]);
});

test('beside it the figures; ours stand out in words too', () => {
  expect(textsOf(page, 'td').filter((text) => text !== '')).toEqual([
    ...['50.0', 'ns', '0.50x', '0.40x', '0.60x', 'at most 57 ns: met'],
    ...['await', '100', 'ns', '1.00x', '1.00x', '1.00x'],
    ...['QEMU', '25.0', 'ns', '-', '-', '-', 'quoted: a test'],
    ...['3.00', 'M/s', '0.50x', '0.40x', '0.60x', 'at least 4 M/s: MISSED'],
  ]);
  expect(textsOf(page, 'strong')).toEqual(['Coroutine', 'CoMutex']);
});

test('each group says what ratios are to', () => {
  expect(textsOf(page, 'small')).toEqual(['1x is await', '1x is bare']);
});

test('first how many goals are met, and that it was interrupted', () => {
  const { lead, warnings } = layersReport({ ...RESULTS, interrupted: true });
  expect(lead).toMatch(/ 1 of 2 goals are met\.$/);
  expect(warnings).toEqual(['interrupted: not everything was measured.']);
  expect(layersReport(RESULTS).warnings).toEqual([]);
});
