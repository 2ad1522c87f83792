import { NbdClient } from '@coaio/nbd-client';
import { QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { pattern } from './support/raw-client.js';
import { inet, threadOf, threadsOver } from './support/server-threads.js';

test('a listener that is there already is taken over', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2);
  const listener = await QIONetListener.open(inet);
  const uri = await threads.listen(listener);
  const [first, a] = await threadOf(uri);
  const [second, b] = await threadOf(uri);
  expect(a).not.toBe(b);
  await first.close();
  await second.close();
  await threads.close();
  expect(listener.isConnected).toBe(false);
  const late = await QIONetListener.open(inet);
  await expect(threads.listen(late)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  await late.disconnect();
});

test('statistics are those of all, and stay', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 3);
  const uri = await threads.listen(inet);
  const clients = [];
  for (let count = 0; count < 4; count++) clients.push(await NbdClient.connect(uri));
  for (const client of clients) await client.write(0, pattern(100));
  await clients[0]?.read(0, 50);
  await clients[1]?.read(0, 50);
  const done = { accepted: 4, write: 4, bytesWritten: 400, read: 2, bytesRead: 100, failed: 0, flush: 0 };
  expect(await threads.statistics()).toMatchObject({ ...done, connections: 4 });
  await threads.close();
  expect(await threads.statistics()).toMatchObject({ ...done, connections: 0 });
  for (const client of clients) await client.close().catch(() => {});
});

test('exports come and go by functions of the module', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 3);
  const uri = await threads.listen(inet);
  const bytes = new Uint8Array(new SharedArrayBuffer(100));
  expect(new Set(await threads.run<number>('addDisk', 'later', bytes)).size).toBe(3);
  const clients = [];
  for (let count = 0; count < 3; count++) clients.push(await NbdClient.connect({ uri, exportName: 'later' }));
  await clients[0]?.write(0, pattern(100));
  expect(await clients[1]?.read(0, 100)).toEqual(Buffer.from(pattern(100)));
  expect(new Uint8Array(bytes)).toEqual(pattern(100));
  await threads.run('removeDisk', 'later');
  for (const client of clients) {
    await expect(client.read(0, 1)).rejects.toThrow();
    await client.close().catch(() => {});
  }
  await expect(NbdClient.connect({ uri, exportName: 'later' })).rejects.toThrow();
  await expect(threads.run('removeDisk', 'later')).rejects.toMatchObject({ code: 'NBD_EXPORT_UNKNOWN' });
  await expect(threads.run('missing')).rejects.toThrow('has no function "missing"');
  await threads.close();
  await expect(threads.run('addDisk', 'x', bytes)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
});

test('clients beyond the limit of all are dropped, wherever they are', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2, { maxConnections: 3 });
  const uri = await threads.listen(inet);
  const clients = [];
  for (let count = 0; count < 3; count++) clients.push(await NbdClient.connect(uri));
  await expect(NbdClient.connect(uri)).rejects.toThrow();
  expect(threads.clients.reduce((sum, count) => sum + count)).toBe(3);
  await clients[0]?.close();
  await expect.poll(() => threads.statistics()).toMatchObject({ connections: 2 });
  clients[0] = await NbdClient.connect(uri);
  for (const client of clients) await client.close();
});

test('a client that was handed over is known by its address', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 1);
  const client = await NbdClient.connect(await threads.listen(inet));
  await client.close();
  await expect
    .poll(() => threads.run('addresses'))
    .toEqual([[expect.objectContaining({ host: '127.0.0.1' })]]);
});
