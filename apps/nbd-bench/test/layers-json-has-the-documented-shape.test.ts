import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const FEW = ['--rounds', '1', '--runtime', '0.001'];
const FIGURE = { name: expect.any(String), value: expect.any(Number) };
const RATIOS = { ratio: expect.any(Number), minRatio: expect.any(Number), maxRatio: expect.any(Number) };
const QUOTED = {
  ...{ ours: false, ratio: null, minRatio: null, maxRatio: null },
  source: expect.any(String),
};
const GOAL = { text: expect.stringMatching(/^at (most|least) [0-9.]+( ns| us| M\/s|x)$/) };

interface Layer {
  layer: string;
  groups: { name: string; base: string; rows: Record<string, unknown>[] }[];
}

test('one document alone on stdout, with all layers, their rivals, goals and quoted figures', async () => {
  const { status, stdout, stderr } = await runCli(['layers', ...FEW, '--output-format', 'json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const results = JSON.parse(stdout);
  expect(stdout).toBe(`${JSON.stringify(results, null, 2)}\n`);
  const { config, machine, layers } = results as Record<string, unknown> & { layers: Layer[] };
  expect(Object.keys(results)).toEqual(['config', 'machine', 'layers']);
  const names = ['coroutine', 'co-queue', 'aio-context', 'co-mutex', 'qio-channel', 'nbd-client'];
  expect(config).toEqual({ rounds: 1, runtime: 0.001, layers: names });
  expect(machine).toEqual({
    ...{ node: process.versions.node, cpu: expect.any(String), cpus: expect.any(Number) },
  });
  expect(layers.map(({ layer }) => layer)).toEqual(names);
  const groups = layers.flatMap((layer) => layer.groups);
  for (const { base, rows, ...group } of groups) {
    expect(group).toEqual({
      name: expect.any(String),
      unit: expect.stringMatching(/^(ns|us|M\/s)$/),
      rounds: 1,
    });
    expect(rows.find(({ name }) => name === base)).toMatchObject({ ours: false, ratio: 1 });
    expect(rows.some(({ ours }) => ours)).toBe(true);
    for (const row of rows) {
      const goal = row['goal'] === undefined ? {} : { goal: { ...GOAL, met: expect.any(Boolean) } };
      const measured = { ...FIGURE, ours: expect.any(Boolean), ...RATIOS, ...goal };
      expect(row).toEqual('source' in row ? { ...FIGURE, ...QUOTED } : measured);
      expect(row['value']).toBeGreaterThan(0);
    }
  }
  const rows = groups.flatMap((group) => group.rows);
  // Whoever takes a goal away should have to say so.
  expect(rows.filter(({ goal }) => goal !== undefined)).toHaveLength(34);
  expect(rows.filter(({ source }) => source !== undefined)).toHaveLength(4);
});

test('--layer measures that one alone, and the table has it', async () => {
  const { status, stdout, stderr } = await runCli(['layers', ...FEW, '--layer', 'coroutine']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^machine [0-9]+ x .+, Node [0-9.]+\nload {4}1 round, 1 ms a turn\n\ncoroutine /);
  expect(stdout).toMatch(/\n {2}Coroutine +[0-9.,]+ {2}ns( +[0-9.]+x){3} {2}at most 69 ns: (met|MISSED)\n/);
  expect(stdout).not.toContain('co-mutex');
});
