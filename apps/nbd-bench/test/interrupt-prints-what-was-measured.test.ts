import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { type Running, startCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the run early, with status %s', async (signal, status) => {
  let reads = 0;
  let bench: Running | undefined;
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      if (++reads === 1000) bench?.kill(signal);
    }),
  );
  const args = [uri, '--runtime', '600', '--numjobs', '2', '--output-format', 'json'];
  bench = startCli(args);
  const ended = await bench.ended;
  expect(ended.stderr).toBe('');
  const { config, totals, interrupted } = JSON.parse(ended.stdout);
  expect(interrupted).toBe(true);
  expect(config.runtime).toBe(600);
  expect(totals.ios).toBe(reads);
  expect(ended.status).toBe(status);
});

test('a second one ends it at once, though the server does not answer', async () => {
  let bench: Running | undefined;
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const uri = await serve(
    readsThrough(2 ** 20, () => {
      // Two kinds: the second of a kind would be lost while the first is pending. Either may arrive first.
      bench?.kill('SIGINT');
      bench?.kill('SIGTERM');
      return answered;
    }),
  );
  bench = startCli([uri, '--iodepth', '1']);
  const { status, ...output } = await bench.ended;
  expect(output).toEqual({ stdout: '', stderr: '' });
  expect([130, 143]).toContain(status);
  // Only now, for the server's sake.
  answer();
});

test('the embedded server leaves no folder behind', async () => {
  const folder = newFolder();
  const args = ['--runtime', '0.1', '--output-format', 'json'];
  expect((await startCli(args, { TMPDIR: folder }).ended).status).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  expect((await startCli([...args, '--size', '2G'], { TMPDIR: folder }).ended).status).toBe(2);
  expect(readdirSync(folder)).toEqual([]);
});
