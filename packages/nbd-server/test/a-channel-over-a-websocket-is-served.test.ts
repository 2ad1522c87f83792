import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { MemoryExport, NbdServer } from '../src/index.js';

test('an HTTP server hands WebSockets to the NBD server', async () => {
  const nbd = new NbdServer();
  nbd.addExport('', new MemoryExport(8 << 20));
  const http = createServer();
  http.on('upgrade', (...upgrade) => void nbd.serveChannel(QIOChannelWebsock.accept(...upgrade)));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');

  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/disk`;
  const client = await NbdClient.connect({ channel: await QIOChannelWebsock.connect(url) });
  const bytes = Buffer.alloc(3_000_000, 'websock');
  await client.write(12_345, bytes);
  expect(Buffer.compare(await client.read(12_345, bytes.length), bytes)).toBe(0);
  await client.close();
  await nbd.close();
  http.close();
  await once(http, 'close');
});
