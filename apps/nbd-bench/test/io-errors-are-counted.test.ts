import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

function eio(): Error {
  return Object.assign(new Error('bad sector'), { code: 'EIO' });
}

test('the run goes on, the results are printed, the status is 1 and stderr has the first', async () => {
  let failed = 0;
  const uri = await serve(
    readsThrough(2 ** 20, (offset) => {
      if (offset !== 8192) return;
      failed++;
      throw eio();
    }),
  );
  const { status, stdout, stderr } = await runCli([
    ...[uri, '--rw', 'read', '--size', '64k', '--runtime', '0.2', '--output-format', 'json'],
  ]);
  const { jobs, totals } = JSON.parse(stdout);
  expect(failed).toBeGreaterThan(1);
  expect(totals.errors).toBe(failed);
  expect(jobs[0].errors).toBe(failed);
  expect(totals.ios).toBeGreaterThan(failed);
  expect(stderr).toBe(
    `nbd-bench: ${failed} I/O errors, the first: read of 4096 bytes at 8192: the server said EIO, "bad sector"\n`,
  );
  expect(status).toBe(1);
});

test('without a single success there is no latency, and no CPU time per I/O', async () => {
  const uri = await serve(
    readsThrough(4096, () => {
      throw eio();
    }),
  );
  const args = [uri, '--runtime', '0.1'];
  const { status, stdout } = await runCli([...args, '--output-format', 'json']);
  expect(JSON.parse(stdout).totals).toMatchObject({
    ios: 0,
    iops: 0,
    latencyUs: { mean: null, p50: null, p99: null, p999: null, max: null },
    cpuUsPerIo: null,
  });
  expect(status).toBe(1);
  const table = await runCli(args);
  expect(table.stdout).toMatch(/\ntotal +0\.00 +0\.00( +-){5} +[0-9]+ +-\n$/);
  expect(table.status).toBe(1);
});
