import { NbdClient } from '@coaio/nbd-client';
import { QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { MemoryExport, NbdServer } from '../src/index.js';

test('it serves its clients, and disconnects it at the end', async () => {
  const listener = await QIONetListener.open({ type: 'inet', host: '127.0.0.1', port: 0 });
  const server = new NbdServer();
  server.addExport('', new MemoryExport(4096));
  const client = await NbdClient.connect(await server.listen(listener));
  expect(client.info.size).toBe(4096n);
  await client.close();
  await server.close();
  expect(listener.isConnected).toBe(false);
});
