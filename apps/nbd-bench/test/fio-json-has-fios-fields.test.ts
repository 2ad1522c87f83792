import { expect, test } from 'vitest';
import { parseFio } from '../src/compare/fio.js';
import { runCli } from './support/run-cli.js';

test('what reads fio reads this', async () => {
  const { status, stdout } = await runCli([
    ...['--rw', 'randrw', '--runtime', '0.2', '--numjobs', '2', '--output-format', 'fio-json'],
  ]);
  expect(status).toBe(0);
  expect(parseFio(stdout, 'read').iops).toBeGreaterThan(0);
  const document = JSON.parse(stdout);
  expect(document['global options']).toMatchObject({ rw: 'randrw', bs: '4096', iodepth: '64' });
  expect(document.jobs).toHaveLength(2);
  const [job] = document.jobs;
  expect(job).toMatchObject({ jobname: 'job 1', groupid: 0, error: 0, usr_cpu: expect.any(Number) });
  for (const direction of [job.read, job.write]) {
    expect(direction.io_bytes).toBe(direction.total_ios * 4096);
    expect(direction.bw_bytes / (direction.iops * 4096)).toBeCloseTo(1, 2);
    const { min, max, mean, N, percentile } = direction.clat_ns;
    expect(N).toBe(direction.total_ios);
    expect(min).toBeLessThanOrEqual(mean);
    expect(mean).toBeLessThanOrEqual(max);
    expect(percentile['50.000000']).toBeLessThanOrEqual(percentile['99.000000']);
  }
});
