import { once } from 'node:events';
import { connect } from 'node:net';
import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { NbdServe } from './support/run-nbd-serve.js';

test('--max-connections', async () => {
  const command = new NbdServe(['--memory', '1M', '--port', '0', '--max-connections', '1']);
  const uri = await command.line();
  const first = await NbdClient.connect(uri);
  await expect(NbdClient.connect(uri)).rejects.toThrow();
  await first.close();
  const { code, stderr } = await command.stop();
  expect(code).toBe(0);
  expect(stderr).toMatch(/^nbd-serve: client 2 of [^\n]*1 clients are connected, which is the limit\n$/);
});

test('--handshake-timeout', async () => {
  const command = new NbdServe(['--memory', '1M', '--port', '0', '--handshake-timeout', '0.05']);
  const [, port] = /:(\d+)\/$/.exec(await command.line()) ?? [];
  const socket = connect(Number(port), '127.0.0.1').resume();
  await once(socket, 'close');
  expect((await command.stop()).stderr).toMatch(/did not choose an export within 50 ms\n$/);
});
