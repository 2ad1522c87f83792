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
  [[], 'nothing to serve: give --memory, --null, --file or --export'],
  [['--memory', '1M', '--file', 'x'], '--memory, --null and --file exclude each other'],
  [['--memory', '1M', '--null', '1M'], '--memory, --null and --file exclude each other'],
  [['--memory', '1GiB'], "'1GiB'"],
  [['--export', 'disk.raw'], 'must be NAME=PATH'],
  [['--export', 'disk='], 'must be NAME=PATH'],
  [['--export', 'a=x', '--export-name', 'b'], '--export-name is for --memory, --null or --file'],
  [['--memory', '1M', '--export', `=${import.meta.filename}`, '--port', '0'], 'has one of that name already'],
  [['--memory', '1M', '--port', '65536'], "'65536'"],
  [['--memory', '1M', '--port', '-1'], "'-1'"],
  [['--memory', '1M', '--tcp', 'localhost'], 'must be PORT or HOST:PORT'],
  [['--memory', '1M', '--tcp', '::1:10809'], 'must be PORT or HOST:PORT'],
  [['--memory', '1M', '--stdio', '--unix', '/x'], '--stdio excludes --unix, --tcp, --port and --host'],
  [['--memory', '1M', '--stdio', '--run', 'true'], '--stdio excludes --run'],
  [['--memory', '1M', '--stdio', '--print-uri'], '--stdio excludes --print-uri'],
  [['--memory', '1M', '--stdio', '--access-log', '-'], '--stdio excludes --access-log -'],
  [['--memory', '1M', '--tls', 'allow'], '--tls needs --tls-certificates or --tls-psk'],
  [['--memory', '1M', '--tls-psk', 'x', '--tls', 'maybe'], 'choices are require, allow'],
  [['--memory', '1M', '--tls-psk', 'x', '--tls-verify-peer'], '--tls-verify-peer needs --tls-certificates'],
  [['--memory', '1M', '--tls-psk', 'x', '--tls-certificates', 'y'], 'exclude each other'],
  [['--memory', '1M', '--max-connections', '0'], 'whole number from 1 on'],
  [['--memory', '1M', '--handshake-timeout', 'soon'], 'number of seconds'],
  [['--memory', '1M', '--threads', '0'], 'whole number from 1 on'],
  [['--memory', '1M', '--threads', '65', '--port', '0'], '--threads 65: allowed are 64 at most'],
  [['--memory', '1M', '--threads', '2', '--stdio'], '--stdio excludes --threads'],
  [['--file', import.meta.filename, '--threads', '2', '--overlay'], '--overlay excludes --threads'],
  [['--memory', '65T', '--threads', '2', '--port', '0'], 'allowed are 70368744177664 at most'],
  [
    ['--export', `a=${import.meta.filename}`, '--export', `a=${import.meta.filename}`, '--threads', '2'],
    'one of that',
  ],
  [['--memory', '1M', '--threads', '2', '--unix', ''], 'is 0 bytes long'],
  [['--memory', '1M', '--poll-max-ns', '2147483648'], 'whole number from 0 to 2147483647'],
  [['--memory', '1M', '--poll-max-ns', '-1'], 'whole number from 0'],
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

test.each(['1', '2'])('a file that is not there, for %s threads', async (threads) => {
  const { code, stdout, stderr } = await outcomeOf(
    ...['--file', '/no/such/file', '--port', '0', '--threads', threads],
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: [^\n]*ENOENT[^\n]*\/no\/such\/file[^\n]*\n$/);
});

test('a folder without certificates', async () => {
  const { code, stdout, stderr } = await outcomeOf(
    '--memory',
    '1M',
    '--port',
    '0',
    '--tls-certificates',
    '/no',
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: [^\n]*\/no\/server-cert.pem[^\n]*\n$/);
});

test('stdin and stdout that are no pipes', async () => {
  const { code, stdout, stderr } = await outcomeOf('--memory', '1M', '--stdio');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: stdin and stdout: no pipe or socket[^\n]*\n$/);
});

test('an access log in a folder that is not there', async () => {
  const { code, stderr } = await outcomeOf('--memory', '1M', '--access-log', '/no/such/log', '--port', '0');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^nbd-serve: [^\n]*ENOENT[^\n]*\/no\/such\/log[^\n]*\n$/);
});

test.each(['1', '2'])('a port that is in use, for %s threads', async (threads) => {
  await using server = new NbdServer();
  const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  const { code, stdout, stderr } = await outcomeOf(
    ...['--memory', '1M', '--port', new URL(uri).port, '--threads', threads],
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^nbd-serve: [^\n]*EADDRINUSE[^\n]*\n$/);
});

test('a port that another server of several threads has', async () => {
  const first = new NbdServe(['--memory', '1M', '--port', '0', '--threads', '2']);
  const { port } = new URL(await first.line());
  const second = await outcomeOf('--memory', '1M', '--port', port, '--threads', '2');
  expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('EADDRINUSE') });
  await first.stop();
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
