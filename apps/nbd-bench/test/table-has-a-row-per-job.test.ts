import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

const HEAD = /^ +IOPS +MiB\/s +mean us +p50 us +p99 us +p99\.9 us +max us +errors +CPU us\/IO$/;

test('and a row of totals', async () => {
  const uri = await serve(readsThrough(2 ** 20, () => {}));
  const { status, stdout, stderr } = await runCli([uri, '--runtime', '0.1', '--numjobs', '2']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual([
    `server  ${uri}`,
    'export  "", 1 MiB',
    expect.stringMatching(/^load {4}randread, 4 KiB, depth 64, 2 jobs, [0-9.]+ s$/),
    '',
    expect.stringMatching(HEAD),
    expect.stringMatching(/^job 1 ( +[0-9.,]+){7} +0$/),
    expect.stringMatching(/^job 2 ( +[0-9.,]+){7} +0$/),
    expect.stringMatching(/^total ( +[0-9.,]+){7} +0 +[0-9.,]+$/),
    '',
  ]);
});

test('but totals alone for one job', async () => {
  const { stdout, stderr } = await runCli(['--runtime', '0.1', '--size', '1M', '--offset', '4k']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^server {2}nbd\+unix:\S+ \(embedded: CPU time includes it\)\n/);
  expect(stdout).toContain('export  "", 1 GiB, using 1 MiB from 4096 on\n');
  expect(stdout).not.toContain('job 1 ');
  expect(stdout).toMatch(/\ntotal /);
});
