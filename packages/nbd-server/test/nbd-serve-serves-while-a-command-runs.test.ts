import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NbdServe } from './support/run-nbd-serve.js';

test('its exit status is that of the command, which finds the server', async () => {
  const run = 'echo "$uri|$unixsocket|$exportname"; test -S "$unixsocket" || exit 1; exit 7';
  const { code, stdout, stderr } = await new NbdServe([
    '--memory',
    '1M',
    '--export-name',
    'a b',
    '--run',
    run,
  ]).ended;
  expect({ code, stderr }).toEqual({ code: 7, stderr: '' });
  const [, path = ''] = /^nbd\+unix:\/\/\/a%20b\?socket=(.+)\|(.+)\|a b\n$/.exec(stdout) ?? [];
  expect(path).toMatch(/^\/.+\/nbd\.sock$/);
  expect(existsSync(path)).toBe(false);
  expect(existsSync(path.replace('/nbd.sock', ''))).toBe(false);
});

test('a port, and the URI before the command', async () => {
  const args = ['--memory', '1M', '--tcp', '0', '--print-uri', '--run', 'echo $port'];
  const { code, stdout } = await new NbdServe(args).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^nbd:\/\/127\.0\.0\.1:(\d+)\/\n\1\n$/);
});

test('a command that a signal kills, as a shell tells it', async () => {
  const { code } = await new NbdServe(['--memory', '1M', '--run', 'kill -9 $$']).ended;
  expect(code).toBe(137);
});

test('SIGTERM goes to the command', async () => {
  const command = new NbdServe([
    '--memory',
    '1M',
    '--run',
    'trap "exit 5" TERM; echo ready; while :; do sleep 0.02; done',
  ]);
  await command.line();
  expect(await command.stop()).toMatchObject({ code: 5, stderr: '' });
});
