import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';
import { readsThrough, serve } from './support/serve.js';

/** Nobody listens there: whoever tries to measure it fails otherwise. */
const nowhere = (): string => `nbd+unix:///?socket=${join(newFolder(), 'nbd.sock')}`;

test.each([
  ['run', () => [nowhere()]],
  ['sweep', () => [nowhere()]],
  ['compare', () => [nowhere()]],
  // Far longer than this test may take.
  ['layers', () => ['--rounds', '100000']],
] as const)('%s: one line, status 2, and nothing is measured', async (command, rest) => {
  const file = join(newFolder(), 'missing', 'report.html');
  expect(await runCli([command, ...rest(), '--report', file], { PATH: newFolder() })).toEqual({
    status: 2,
    stdout: '',
    stderr: `nbd-bench: --report ${file}: ENOENT: no such file or directory, open '${file}'\n`,
  });
});

test('what is no regular file is refused, and nothing waits for it', async () => {
  const folder = newFolder();
  const [aFolder, fifo, link] = ['folder', 'fifo', 'link'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(aFolder);
  execFileSync('mkfifo', [fifo]);
  symlinkSync(fifo, link);
  for (const file of [aFolder, fifo, link, '/dev/null']) {
    expect(await runCli([nowhere(), '--report', file])).toEqual({
      status: 2,
      stdout: '',
      stderr: `nbd-bench: --report ${file}: it is no regular file\n`,
    });
  }
});

test('a run that fails leaves no file behind', async () => {
  const folder = newFolder();
  expect((await runCli([nowhere(), '--report', join(folder, 'report.html')])).status).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('nor what a link leads to that is not there yet', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync('report.html', join(folder, 'elsewhere', 'latest'));
  symlinkSync('elsewhere/latest', join(folder, 'link'));
  expect((await runCli([nowhere(), '--report', join(folder, 'link')])).status).toBe(1);
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['latest']);
  const { status, stderr } = await runCli(['--runtime', '0.05', '--report', join(folder, 'link')]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(join(folder, 'elsewhere', 'report.html'), 'utf8')).toContain('</html>');
});

test('or leaves the one that was there as it was', async () => {
  const file = join(newFolder(), 'report.html');
  writeFileSync(file, 'of yesterday');
  expect((await runCli([nowhere(), '--report', file])).status).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('of yesterday');
});

test('one that fails at the end does not cost the figures', async () => {
  const file = join(newFolder(), 'report.html');
  // Somebody takes the place meanwhile.
  const uri = await serve(readsThrough(2 ** 20, () => void mkdirSync(file, { recursive: true })));
  const { status, stdout, stderr } = await runCli([uri, '--runtime', '0.05', '--report', file]);
  expect(stdout).toMatch(/\ntotal /);
  expect(stderr).toMatch(/^nbd-bench: --report \S+: EISDIR[^\n]*\n$/);
  expect(status).toBe(1);
});
