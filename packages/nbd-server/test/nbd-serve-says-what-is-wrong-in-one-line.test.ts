import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NbdServer } from '../src/index.js';
import { NbdServe } from './support/run-nbd-serve.js';

async function outcomeOf(...args: string[]) {
  return await new NbdServe(args).ended;
}

test.each([
  [[], 'give one of --memory and --file'],
  [['--memory', '1M', '--file', 'x'], 'not both'],
  [['--memory', '1GiB'], "'1GiB'"],
  [['--memory', '1M', '--port', '65536'], "'65536'"],
  [['--memory', '1M', '--port', '-1'], "'-1'"],
  [['--memory', '1M', '--unix', '/x', '--port', '1'], '--unix excludes --port and --host'],
  [['--memory', '1M', '--unix', '/x', '--host', 'y'], '--unix excludes --port and --host'],
  [['--memory', '1M', '--nope'], '--nope'],
  [['--memory', '1M', 'extra'], 'too many arguments'],
  [['--file'], 'argument missing'],
  [['--memory', '1M', '--unix', ''], 'is 0 bytes long'],
  [['--memory', '1M', '--unix', `/${'x'.repeat(107)}`], 'is 108 bytes long'],
])('usage: %j', async (args, words) => {
  const { code, stdout, stderr } = await outcomeOf(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(words);
});

test('a file that is not there', async () => {
  const { code, stdout, stderr } = await outcomeOf('--file', '/no/such/file', '--port', '0');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: [^\n]*ENOENT[^\n]*\/no\/such\/file[^\n]*\n$/);
});

test('an address that is in use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nbd-serve-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await using server = new NbdServer();
  const path = join(folder, 'nbd.sock');
  await server.listen({ type: 'unix', path });
  const { code, stdout, stderr } = await outcomeOf('--memory', '1M', '--unix', path);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: [^\n]*EADDRINUSE[^\n]*\n$/);
});

test('--help and --version', async () => {
  const help = await outcomeOf('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/--memory <size>[\s\S]*--read-only[\s\S]*10809/);
  const version = await outcomeOf('--version');
  expect(version).toMatchObject({ code: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a disk image is not taken for a stale socket', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nbd-serve-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'disk.img');
  await writeFile(path, 'precious');
  const { code, stderr } = await outcomeOf('--file', path, '--unix', path);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^nbd-serve: [^\n]*EADDRINUSE[^\n]*\n$/);
  expect(await readFile(path, 'utf8')).toBe('precious');
});
