import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { NBD_CMD_FLAG_DF } from '@coaio/nbd-protocol';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { RawClient, read } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s: exit status %i, and no socket is left', async (signal, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'nbd-serve-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'nbd.sock');
  const command = new NbdServe(['--memory', '64M', '--unix', path]);
  await command.line();
  // A client that does not read its replies holds up the first signal.
  const channel = await QIOChannelSocket.connect({ type: 'unix', path });
  const client = new RawClient(channel);
  await client.handshake();
  // Not as a hole, which would fit the socket.
  await client.send(read(1, 0, 2 ** 25, NBD_CMD_FLAG_DF));
  await coRun(() => channel.yield('in'));
  command.process.kill(signal);
  // The listener is gone: the first signal has been seen.
  await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(false);
  command.process.kill(signal);
  expect((await command.ended).code).toBe(code);
  channel.close();
});
