import { expect, test } from 'vitest';
import { layersTable } from '../src/output/layers-table.js';

const RATIOS = { ratio: 1, minRatio: 1, maxRatio: 1 };
const QUOTED = { ours: false, ratio: null, minRatio: null, maxRatio: null };

test('that it was interrupted is said above', () => {
  const table = layersTable({
    config: { rounds: 31, runtime: 0.005, layers: ['coroutine'] },
    machine: { node: '20.19.0', cpu: 'Z80', cpus: 2 },
    layers: [],
    interrupted: true,
  });
  expect(table).toContain('\nload    31 rounds, 5 ms a turn, interrupted\n');
});

test('a table for each layer', () => {
  const table = layersTable({
    config: { rounds: 31, runtime: 0.005, layers: ['coroutine', 'co-mutex'] },
    machine: { node: '20.19.0', cpu: 'Z80', cpus: 2 },
    layers: [
      {
        layer: 'coroutine',
        groups: [
          {
            ...{ name: 'enter + yield', unit: 'ns', rounds: 31, base: 'await' },
            rows: [
              {
                ...{ name: 'Coroutine', ours: true, value: 57.04, ratio: 0.9, minRatio: 0.7, maxRatio: 12.3 },
                goal: { text: 'at most 57 ns', met: false },
              },
              { name: 'await', ours: false, value: 1234.5, ...RATIOS },
              { name: 'QEMU', value: 57, source: 'test-coroutine', ...QUOTED },
            ],
          },
        ],
      },
      {
        layer: 'co-mutex',
        groups: [
          {
            ...{ name: 'lock', unit: 'M/s', rounds: 31, base: 'bare' },
            rows: [
              {
                ...{
                  name: 'SharedCoMutex',
                  ours: true,
                  value: 4.5,
                  ratio: 0.011,
                  minRatio: 0.01,
                  maxRatio: 2,
                },
                goal: { text: 'at least 4.5 M/s', met: true },
              },
            ],
          },
        ],
      },
    ],
    interrupted: false,
  });
  expect(table).toBe(`machine 2 x Z80, Node 20.19.0
load    31 rounds, 5 ms a turn

coroutine                         unit  ratio    min     max  goal
enter + yield (1x: await)
  Coroutine                 57.0  ns    0.90x  0.70x  12.30x  at most 57 ns: MISSED
  await                    1,235  ns    1.00x  1.00x   1.00x
  QEMU                      57.0  ns        -      -       -  quoted: test-coroutine

co-mutex               unit   ratio     min    max  goal
lock (1x: bare)
  SharedCoMutex  4.50  M/s   0.011x  0.010x  2.00x  at least 4.5 M/s: met
`);
});
