import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

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

test('a folder is no file', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'report'));
  const { status, stderr } = await runCli([nowhere(), '--report', join(folder, 'report')]);
  expect(stderr).toMatch(/^nbd-bench: --report \S+\/report: EISDIR: [^\n]+\n$/);
  expect(status).toBe(2);
});

test('a run that fails leaves no file behind', async () => {
  const folder = newFolder();
  expect((await runCli([nowhere(), '--report', join(folder, 'report.html')])).status).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('or leaves the one that was there as it was', async () => {
  const file = join(newFolder(), 'report.html');
  writeFileSync(file, 'of yesterday');
  expect((await runCli([nowhere(), '--report', file])).status).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('of yesterday');
});

test.skipIf(!existsSync('/dev/full'))('one that fails at the end does not cost the figures', async () => {
  const { status, stdout, stderr } = await runCli(['--runtime', '0.05', '--report', '/dev/full']);
  expect(stdout).toMatch(/\ntotal /);
  expect(stderr).toMatch(/^nbd-bench: --report \/dev\/full: ENOSPC[^\n]*\n$/);
  expect(status).toBe(1);
});
