import { expect, test } from 'vitest';
import { parseLayers } from '../src/cli/layers-options.js';

const ALL = ['coroutine', 'co-queue', 'aio-context', 'co-mutex', 'qio-channel', 'nbd-client'];
const DEFAULTS = { rounds: 31, runtime: 0.005, layers: ALL };

test('without options: all layers, in the order of measuring', () => {
  expect(parseLayers([])).toEqual({ config: DEFAULTS, outputFormat: 'table' });
});

test.each<[string[], object]>([
  [['--rounds', '3'], { rounds: 3 }],
  [['--runtime', '0.05'], { runtime: 0.05 }],
  ...ALL.map((layer) => [['--layer', layer], { layers: [layer] }] as [string[], object]),
])('%s', (args, fields) => {
  expect(parseLayers(args)?.config).toEqual({ ...DEFAULTS, ...fields });
});

test('--output-format json', () => {
  expect(parseLayers(['--output-format', 'json'])?.outputFormat).toBe('json');
});
