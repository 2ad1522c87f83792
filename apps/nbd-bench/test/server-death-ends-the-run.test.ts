import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { serveUntil } from './support/serve-until.js';

const LOST = /^job [123]: read of 4096 bytes at [0-9]+: [^\n]+$/;

test.each(['1', '3'])(
  'at once, for all of %s jobs, with what was measured and one line that says which and what',
  async (numjobs) => {
    // Far longer than this test may take.
    const { status, stdout, stderr } = await runCli([
      await serveUntil(1000),
      ...['--runtime', '600', '--numjobs', numjobs, '--output-format', 'json'],
    ]);
    const { jobs, totals, error, interrupted } = JSON.parse(stdout);
    expect(error).toMatch(LOST);
    expect(stderr).toBe(`nbd-bench: ${error}\n`);
    expect(interrupted).toBeUndefined();
    // The last answers may not have left the server.
    expect(totals.ios).toBeGreaterThan(0);
    expect(totals.ios).toBeLessThan(1000);
    // All that were in flight; of the jobs that were stopped because of the first, some may have been answered.
    expect(jobs[Number(/^job (.)/.exec(error)?.[1]) - 1].errors).toBe(64);
    expect(totals.errors).toBeLessThanOrEqual(64 * Number(numjobs));
    expect(jobs).toHaveLength(Number(numjobs));
    expect(status).toBe(1);
  },
);

test('before the first answer it leaves nothing to print', async () => {
  const { status, stdout, stderr } = await runCli([await serveUntil(1), '--runtime', '600']);
  expect(stderr).toMatch(/^nbd-bench: job 1: read of 4096 bytes at [0-9]+: [^\n]+\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
