import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const SERVER = fileURLToPath(new URL('./children/dies-while-serving.mjs', import.meta.url));
const LOST = /^job [123]: read of 4096 bytes at [0-9]+: [^\n]+$/;

/** @param read the one in which it dies, counted from 1 */
async function serveUntil(read: number): Promise<string> {
  const server = spawn(process.execPath, [SERVER, join(newFolder(), 'nbd.sock'), String(read)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const [line] = await once(server.stdout, 'data');
  return String(line).trim();
}

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
