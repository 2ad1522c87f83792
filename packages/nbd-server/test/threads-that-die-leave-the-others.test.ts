import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { inet, threadOf, threadsOver } from './support/server-threads.js';

test('a thread that dies takes its clients with it, and the others get those that come', async () => {
  const deaths: unknown[] = [];
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2, {
    onThreadDeath: (error) => deaths.push(error),
  });
  const uri = await threads.listen(inet);
  const deadly = await NbdClient.connect({ uri, exportName: 'fatal' });
  await expect(deadly.read(0, 1)).rejects.toThrow();
  await deadly.close().catch(() => {});
  await expect.poll(() => threads.clients[0]).toBe(0);
  expect(threads.alive).toBe(1);
  expect(deaths).toMatchObject([{ code: 'IOTHREAD_DIED', message: expect.stringContaining('nbd-server 1') }]);
  for (let count = 0; count < 3; count++) {
    const [client, thread] = await threadOf(uri);
    expect(thread).toBeGreaterThan(0);
    await client.close();
  }
  expect(await threads.run('addDisk', 'more', new Uint8Array(10))).toHaveLength(1);
  expect((await threads.statistics()).accepted).toBe(3);
  await expect(threads.close()).rejects.toMatchObject({ code: 'IOTHREAD_DIED' });
});

test('its clients count no more for the limit', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 2, { maxConnections: 2 });
  const uri = await threads.listen(inet);
  const deadly = await NbdClient.connect({ uri, exportName: 'fatal' });
  const other = await NbdClient.connect(uri);
  await expect(NbdClient.connect(uri)).rejects.toThrow();
  await expect(deadly.read(0, 1)).rejects.toThrow();
  await deadly.close().catch(() => {});
  await expect.poll(() => threads.alive).toBe(1);
  const next = await NbdClient.connect(uri);
  await expect(NbdClient.connect(uri)).rejects.toThrow();
  await next.close();
  await other.close();
});

test('where none is left clients are dropped', async () => {
  const threads = await threadsOver(new SharedArrayBuffer(4096), 1);
  const uri = await threads.listen(inet);
  const deadly = await NbdClient.connect({ uri, exportName: 'fatal' });
  await expect(deadly.read(0, 1)).rejects.toThrow();
  await deadly.close().catch(() => {});
  await expect.poll(() => threads.alive).toBe(0);
  await expect(NbdClient.connect(uri)).rejects.toThrow(/closed the connection/);
  expect((await threads.statistics()).accepted).toBe(0);
  await expect(threads.listen(inet)).rejects.toMatchObject({ code: 'IOTHREAD_DIED' });
  await expect(threads.close()).rejects.toMatchObject({ code: 'IOTHREAD_DIED' });
});
