import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { NbdServerThreads } from '@coaio/nbd-server';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { pattern, RawClient, sameBytes } from './support/raw-client.js';
import {
  inet,
  knowsReusePort,
  MODULE as moduleUrl,
  threadOf,
  threadsOver,
} from './support/server-threads.js';
import { settle } from './support/settle.js';

test('each client goes to the thread that has fewest', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096));
  const uri = await threads.listen(inet);
  const opened = [];
  for (let count = 0; count < 6; count++) opened.push(await threadOf(uri));
  expect(threads.clients).toEqual([2, 2, 2]);
  const seen = opened.map(([, thread]) => thread);
  expect(new Set(seen).size).toBe(3);
  expect(seen.slice(3)).toEqual(seen.slice(0, 3));
  await opened[1]?.[0].close();
  while (threads.clients[1] !== 1) await settle(1);
  const [last, thread] = await threadOf(uri);
  expect(thread).toBe(seen[1]);
  for (const [client] of opened) await client.close();
  await last.close();
});

test('what one writes the others read, over TCP and Unix sockets', async () => {
  const size = 4 * 2 ** 20;
  const memory = new SharedArrayBuffer(size);
  const threads = await threadsOver(memory);
  const folder = await mkdtemp(join(tmpdir(), 'nbd-threads-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const uris = [
    await threads.listen(inet),
    await threads.listen({ type: 'unix', path: join(folder, 'socket') }),
  ];
  const clients = await Promise.all([...uris, ...uris].map((uri) => NbdClient.connect(uri)));
  const bytes = pattern(size);
  const part = size / clients.length;
  const writes = clients.map((client, index) =>
    client.write(index * part, bytes.subarray(index * part, (index + 1) * part)),
  );
  await Promise.all(writes);
  expect(sameBytes(new Uint8Array(memory), bytes)).toBe(true);
  for (const client of clients) {
    expect(sameBytes(await client.read(0, size), bytes)).toBe(true);
    await client.close();
  }
});

test.runIf(knowsReusePort)('each thread listens itself where the system can share a port', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  const uri = await threads.listenInThreads(inet);
  const seen = new Set<number>();
  // By chance: that one of two gets all of 40 happens once in 10^12 times.
  for (let count = 0; count < 40; count++) {
    const [client, thread] = await threadOf(uri);
    seen.add(thread);
    await client.close();
  }
  expect(seen.size).toBe(2);
});

test.runIf(!knowsReusePort)('a Node that cannot share a port says so', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 1);
  await expect(threads.listenInThreads(inet)).rejects.toMatchObject({ code: 'QIO_CHANNEL_UNSUPPORTED' });
});

test('what cannot be started leaves no thread', async () => {
  const start = (options: object) =>
    NbdServerThreads.start({ threads: 2, moduleUrl, exportName: 'makeServer', ...options });
  await expect(start({ threads: 0 })).rejects.toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
  await expect(start({ maxConnections: 0 })).rejects.toThrow('maxConnections is 0, at least 1 is needed');
  await expect(start({ exportName: 'makeNothing' })).rejects.toThrow('gave no NbdServer');
  await expect(start({ exportName: 'missing' })).rejects.toThrow('has no function "missing"');
  await expect(start({ args: [-1] })).rejects.toThrow();
});

test('close ends clients, listeners and threads, and may be called again', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  const uri = await threads.listen(inet);
  const port = Number(new URL(uri).port);
  const client = new RawClient(await QIOChannelSocket.connect({ ...inet, port }));
  await client.handshake();
  await Promise.all([threads.close(), threads.close()]);
  expect(await client.end()).toHaveLength(0);
  const refused = { code: 'NBD_CLOSED' };
  await expect(threads.listen(inet)).rejects.toMatchObject(refused);
  await expect(threads.drain()).rejects.toMatchObject(refused);
  await expect(QIOChannelSocket.connect({ ...inet, port })).rejects.toMatchObject({ errno: 'ECONNREFUSED' });
});
