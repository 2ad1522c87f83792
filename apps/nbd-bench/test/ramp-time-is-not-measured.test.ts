import { expect, onTestFinished, test, vi } from 'vitest';
import { Job } from '../src/job/job.js';
import { LatencyHistogram } from '../src/job/latency-histogram.js';
import { jobPlan } from './support/job-plan.js';
import { type Running, startCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

const STEP_MS = 10_000;

/** Runs a job against a server whose every read takes ten seconds, on a clock of its own. */
async function runOn(clock: { ms: number }, times: { rampMs: number; runtimeMs: number }, failing = 0) {
  let reads = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => clock.ms);
  onTestFinished(() => now.mockRestore());
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      clock.ms += STEP_MS;
      if (++reads === failing) throw Object.assign(new Error('bad sector'), { code: 'EIO' });
    }),
  );
  const job = await Job.connect({ uri }, 1, new AbortController());
  await job.run(jobPlan({ iodepth: 1, ...times }), undefined);
  const { read, errors } = await job.collect();
  return { reads, ...read, errors };
}

test('an I/O that is answered in the ramp is not counted', async () => {
  const { reads, ios, latency } = await runOn({ ms: 0 }, { rampMs: 10 * STEP_MS, runtimeMs: 5 * STEP_MS });
  expect(reads).toBe(15);
  // The tenth is answered as the ramp ends.
  expect(ios).toBe(6);
  expect(LatencyHistogram.decode(latency).count).toBe(6);
});

test('without a ramp all are', async () => {
  const { reads, ios } = await runOn({ ms: 0 }, { rampMs: 0, runtimeMs: 5 * STEP_MS });
  expect([reads, ios]).toEqual([5, 5]);
});

test('an error counts in the ramp too', async () => {
  const { ios, errors } = await runOn({ ms: 0 }, { rampMs: 10 * STEP_MS, runtimeMs: 5 * STEP_MS }, 3);
  expect({ ios, errors }).toEqual({ ios: 6, errors: 1 });
});

test('a run that is interrupted in its ramp has nothing to print', async () => {
  let reads = 0;
  let bench: Running | undefined;
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      if (++reads === 1000) bench?.kill('SIGINT');
    }),
  );
  bench = startCli([uri, '--ramp-time', '600', '--runtime', '600']);
  expect(await bench.ended).toEqual({
    status: 130,
    stdout: '',
    stderr: 'nbd-bench: interrupted by SIGINT before anything was measured\n',
  });
});
