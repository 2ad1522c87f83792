import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

const STARTER = 'starts-with-sockets.mjs';

test('a Unix socket and a TCP one, of which it says nothing unless asked', async () => {
  const path = join(await temporaryFolder(), 'systemd.sock');
  const command = new NbdServe([path, '--memory', '1M', '--print-uri'], STARTER);
  const uris = await command.lines(2);
  expect(uris).toEqual([
    `nbd+unix:///?socket=${path}`,
    expect.stringMatching(/^nbd:\/\/127\.0\.0\.1:\d+\/$/),
  ]);
  for (const uri of uris) {
    const client = await NbdClient.connect(uri);
    expect(client.info.size).toBe(2n ** 20n);
    await client.close();
  }
  process.kill(Number(await command.complaint()), 'SIGTERM');
  expect((await command.ended).code).toBe(0);
});

test('the file is not removed, and a captive command gets none of it', async () => {
  const path = join(await temporaryFolder(), 'systemd.sock');
  const run = `test -S ${path} && test -z "$LISTEN_FDS$LISTEN_PID" && test ! -e /proc/$$/fd/3 && echo $uri`;
  const command = new NbdServe([path, '--memory', '1M', '--run', run], STARTER);
  const { code, stdout } = await command.ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: `nbd+unix:///?socket=${path}\n` });
});

test('variables that are for another process are passed over', async () => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const run = 'test "$LISTEN_PID" = 1 && test "$LISTEN_FDS" = 7';
  process.env['LISTEN_PID'] = '1';
  process.env['LISTEN_FDS'] = '7';
  try {
    const command = new NbdServe(['--memory', '1M', '--unix', path, '--run', run]);
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  } finally {
    delete process.env['LISTEN_PID'];
    delete process.env['LISTEN_FDS'];
  }
  expect(existsSync(path)).toBe(false);
});
