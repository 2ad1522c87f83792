import { expect, test } from 'vitest';
import { parseSweep } from '../src/cli/sweep-options.js';
import { pointsOf } from '../src/sweep/sweep-config.js';
import { runCli } from './support/run-cli.js';

const LOADS = ['--numjobs', '1,2', '--iodepth', '1', '--bs', '4k'];

test('how long to poll, which replies, how long a ramp', () => {
  const args = [...LOADS, '--poll-max-ns', '32768', '--replies', 'simple', '--ramp-time', '3'];
  const asked = parseSweep(args);
  const points = asked === undefined ? [] : pointsOf(asked.config);
  expect(points).toHaveLength(2);
  for (const point of points) {
    expect(point).toMatchObject({ pollMaxNs: 32_768, replies: 'simple', rampTime: 3 });
  }
});

test('without them: it sleeps, and takes the best replies', () => {
  const asked = parseSweep(LOADS);
  const points = asked === undefined ? [] : pointsOf(asked.config);
  expect(points).toHaveLength(2);
  for (const point of points) {
    expect(point.pollMaxNs).toBe(0);
    expect(point).not.toHaveProperty('replies');
  }
});

test.each([
  ['simple', false],
  ['structured', true],
])('--replies %s is what the server is asked for', async (replies, structuredReplies) => {
  const { status, stdout, stderr } = await runCli([
    ...['sweep', '--runtime', '0.05', '--ramp-time', '0', ...LOADS, '--replies', replies],
    ...['--poll-max-ns', '1000', '--output-format', 'json'],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { config, server } = JSON.parse(stdout);
  expect(config).toMatchObject({ replies, pollMaxNs: 1000, rampTime: 0 });
  expect(server.structuredReplies).toBe(structuredReplies);
});

test('the table says which replies', async () => {
  const { stdout } = await runCli([
    ...['sweep', '--runtime', '0.05', '--ramp-time', '0', ...LOADS, '--replies', 'simple'],
  ]);
  expect(stdout).toContain('\nload    randread, 0.05 s each, simple replies at most\n');
});
