import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelCommand } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { COMMAND } from './support/run-nbd-serve.js';

const ARGUMENTS = [COMMAND, '--stdio', '--memory', '1M', '--export-name', 'disk'];

test('two pipes: it ends with its client', async () => {
  const channel = await QIOChannelCommand.spawn([process.execPath, ...ARGUMENTS]);
  const client = await NbdClient.connect({ channel, exportName: 'disk' });
  await client.write(0, pattern(100_000));
  expect(new Uint8Array(await client.read(0, 100_000))).toEqual(pattern(100_000));
  await client.close();
  expect(await channel.exited).toEqual({ exitCode: 0, signal: null });
});

test('one socket for both, as from inetd', async () => {
  const exits: Promise<unknown[]>[] = [];
  const inetd = createServer((socket: Socket) => {
    const child = spawn(process.execPath, ARGUMENTS, { stdio: [socket, socket, 'inherit'] });
    exits.push(once(child, 'exit'));
    socket.destroy();
  });
  await new Promise<void>((resolve) => inetd.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void inetd.close());
  const { port } = inetd.address() as { port: number };
  const client = await NbdClient.connect({
    address: { type: 'inet', host: '127.0.0.1', port },
    exportName: 'disk',
  });
  await client.write(0, pattern(100_000));
  expect(new Uint8Array(await client.read(0, 100_000))).toEqual(pattern(100_000));
  await client.close();
  expect(await exits[0]).toEqual([0, null]);
});

test('a client that leaves without a word', async () => {
  const child = spawn(process.execPath, ARGUMENTS, { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
