import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';

const LATENCY = Object.fromEntries(
  ['mean', 'p50', 'p99', 'p999', 'max'].map((name) => [name, expect.any(Number)]),
);
const FIGURES = {
  ios: expect.any(Number),
  iops: expect.any(Number),
  mibPerSecond: expect.any(Number),
  latencyUs: LATENCY,
  errors: 0,
  seconds: expect.any(Number),
};
const CONNECTION = {
  connection: 1,
  ios: expect.any(Number),
  iops: expect.any(Number),
  mibPerSecond: expect.any(Number),
};

test('one document alone on stdout, a row per job, totals that add up', async () => {
  const { status, stdout, stderr } = await runCli([
    ...['run', '--runtime', '0.3', '--numjobs', '2', '--iodepth', '8', '--output-format', 'json'],
  ]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const results = JSON.parse(stdout);
  expect(stdout).toBe(`${JSON.stringify(results, null, 2)}\n`);
  expect(results).toEqual({
    config: {
      ...{ rw: 'randread', bs: 4096, iodepth: 8, numjobs: 2, runtime: 0.3, rampTime: 0 },
      ...{ rwmixread: 50, connections: 1, pollMaxNs: 0, verify: false },
      ...{ size: 2 ** 30, offset: 0, randseed: 1, embedded: true },
    },
    server: expect.objectContaining({
      uri: expect.stringMatching(/^nbd\+unix:\/\//),
      embedded: true,
      exportName: '',
      size: 2 ** 30,
      flags: expect.any(Number),
      readOnly: false,
      structuredReplies: true,
      blockSize: expect.objectContaining({ minimum: expect.any(Number) }),
    }),
    jobs: [
      { job: 1, ...FIGURES, connections: [CONNECTION] },
      { job: 2, ...FIGURES, connections: [CONNECTION] },
    ],
    totals: { ...FIGURES, cpuUsPerIo: expect.any(Number) },
  });

  const { jobs, totals } = results;
  expect(totals.ios).toBe(jobs[0].ios + jobs[1].ios);
  expect(totals.ios).toBeGreaterThan(0);
  expect((totals.iops * totals.seconds) / totals.ios).toBeCloseTo(1, 2);
  expect((totals.mibPerSecond * 256) / totals.iops).toBeCloseTo(1, 2);
  expect(totals.seconds).toBeGreaterThanOrEqual(Math.max(jobs[0].seconds, jobs[1].seconds));
  expect(totals.latencyUs.max).toBe(Math.max(jobs[0].latencyUs.max, jobs[1].latencyUs.max));
  for (const { latencyUs, seconds } of [...jobs, totals]) {
    expect(seconds).toBeGreaterThanOrEqual(0.3);
    expect(latencyUs.p50).toBeLessThanOrEqual(latencyUs.p99);
    expect(latencyUs.p99).toBeLessThanOrEqual(latencyUs.p999);
    expect(latencyUs.p999).toBeLessThanOrEqual(latencyUs.max);
  }
});
