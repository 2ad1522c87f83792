import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { pattern, RawClient } from './support/raw-client.js';
import { NbdServe } from './support/run-nbd-serve.js';
import { temporaryFolder } from './support/temporary-folder.js';

test.each(['SIGINT', 'SIGTERM'] as const)('memory on a Unix socket, %s', async (signal) => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const command = new NbdServe(['--memory', '64M', '--unix', path]);
  const uri = await command.line();
  expect(uri).toBe(`nbd+unix:///?socket=${path}`);
  const client = await NbdClient.connect(uri);
  expect(client.info.size).toBe(64n * 1024n * 1024n);
  await client.write(4096, pattern(100));
  expect(new Uint8Array(await client.read(4096, 100))).toEqual(pattern(100));
  command.process.kill(signal);
  expect(await command.ended).toEqual({ code: 0, stdout: `${uri}\n`, stderr: '' });
  expect(existsSync(path)).toBe(false);
  await client.close().catch(() => {});
});

test('a file on a TCP port that the system chooses, under a name', async () => {
  const file = join(await temporaryFolder(), 'disk.img');
  await writeFile(file, pattern(8192));
  const command = new NbdServe(['--file', file, '--port', '0', '--export-name', 'my disk']);
  const uri = await command.line();
  expect(uri).toMatch(/^nbd:\/\/127\.0\.0\.1:[1-9][0-9]*\/my%20disk$/);
  const client = await NbdClient.connect(uri);
  await client.write(0, new Uint8Array([1, 2, 3]), { fua: true });
  expect([...(await readFile(file)).subarray(0, 3)]).toEqual([1, 2, 3]);
  await client.close();
  command.process.kill('SIGTERM');
  expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
});

test('read-only', async () => {
  const command = new NbdServe(['--memory', '1M', '--port', '0', '--host', 'localhost', '--read-only']);
  const client = await NbdClient.connect(await command.line());
  expect(client.info.readOnly).toBe(true);
  await client.close();
  command.process.kill('SIGTERM');
  await command.ended;
});

test('a client that breaks the protocol is one line on stderr', async () => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const command = new NbdServe(['--memory', '1M', '--unix', path]);
  await command.line();
  const client = new RawClient(await QIOChannelSocket.connect({ type: 'unix', path }));
  await client.send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
  // The server closes with unread bytes before it, which some systems call a reset.
  await client.end().catch(() => {});
  client.channel.close();
  command.process.kill('SIGTERM');
  const { code, stderr } = await command.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^nbd-serve: client 1 of [^\n]*: client flags 0x47455420 exceed [^\n]*\n$/);
});

test('who reads its output may leave', async () => {
  const path = join(await temporaryFolder(), 'nbd.sock');
  const command = new NbdServe(['--memory', '1M', '--unix', path]);
  command.process.stdout?.destroy();
  command.process.stderr?.destroy();
  let client: NbdClient | undefined;
  while (client === undefined) {
    client = await NbdClient.connect(`nbd+unix:///?socket=${path}`).catch(() => undefined);
  }
  await client.close();
  command.process.kill('SIGTERM');
  expect((await command.ended).code).toBe(0);
});
