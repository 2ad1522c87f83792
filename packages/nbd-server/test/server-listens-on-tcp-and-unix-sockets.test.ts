import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryExport, NbdServer } from '../src/index.js';
import { pattern } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nbd-server-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function session(uri: string, size: number): Promise<void> {
  const client = await NbdClient.connect(uri);
  expect(client.info.size).toBe(BigInt(size));
  const data = pattern(size);
  await Promise.all([
    client.write(0, data.subarray(0, size / 2)),
    client.write(size / 2, data.subarray(size / 2)),
  ]);
  await client.flush();
  expect(Buffer.compare(await client.read(0, size), data)).toBe(0);
  await client.close();
}

test('both at once, one disk', async () => {
  const size = 3_000_000;
  const { server, complaints } = serverOf(new MemoryExport(size));
  const path = join(await folder(), 'nbd.sock');
  const unix = await server.listen({ type: 'unix', path });
  const tcp = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  expect(unix).toBe(`nbd+unix:///?socket=${path}`);
  expect(tcp).toMatch(/^nbd:\/\/127\.0\.0\.1:[1-9][0-9]*\/$/);
  await Promise.all([session(unix, size), session(tcp, size), session(tcp, size)]);
  await server.close();
  expect(existsSync(path)).toBe(false);
  await expect(NbdClient.connect(tcp)).rejects.toMatchObject({ code: 'NBD_CONNECT_FAILED' });
  expect(complaints).toEqual([]);
});

test('the URI names the default export, else the first', async () => {
  await using server = new NbdServer();
  const listen = () => server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  expect(await listen()).toMatch(/\/$/);
  server.addExport('my disk', smallDisk());
  server.addExport('b', smallDisk());
  expect(await listen()).toMatch(/\/my%20disk$/);
  server.addExport('', smallDisk());
  expect(await listen()).toMatch(/\/$/);
});

test('an address that is taken is an error, the server stays as it is', async () => {
  const { server } = serverOf(smallDisk());
  const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  const port = Number(new URL(uri).port);
  await expect(server.listen({ type: 'inet', host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'QIO_CHANNEL_LISTEN',
    errno: 'EADDRINUSE',
  });
  const client = await NbdClient.connect(uri);
  await client.close();
});

test('clients of a closing server get the answers that are due', async () => {
  const { server } = serverOf(smallDisk());
  const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  const client = await NbdClient.connect(uri);
  await client.write(0, pattern(10));
  await server.close();
  await expect(client.read(0, 1)).rejects.toMatchObject({ fault: 'connection' });
});
