import { expect, onTestFinished, test } from 'vitest';
import { MemoryExport, NbdServer } from '../src/index.js';
import { RawClient, read } from './support/raw-client.js';

test('its error is uncaught, the server goes on', async () => {
  const listeners = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[];
  process.removeAllListeners('uncaughtException');
  const uncaught: unknown[] = [];
  process.on('uncaughtException', (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
  const bug = new Error('bug of the listener');
  const server = new NbdServer({
    onConnectionError: () => {
      throw bug;
    },
  });
  server.addExport('', new MemoryExport(4096));
  const client = await RawClient.open(server);
  await client.send(new Uint8Array(28));
  await client.served;
  expect(uncaught).toEqual([bug]);
  const other = await RawClient.open(server);
  await other.send(read(1, 0, 5));
  expect((await other.reply()).error).toBe(0);
  await server.close();
});
