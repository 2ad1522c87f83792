import { NbdClient } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { MemoryExport, type NbdConnectionSummary, NbdServer } from '../src/index.js';
import { pattern, RawClient } from './support/raw-client.js';

test.each([
  ['simple replies', { structuredReplies: false }],
  ['structured replies', { extendedHeaders: false }],
  ['extended headers', {}],
])('by command, of those connected and those gone: %s', async (_, features) => {
  const ended: NbdConnectionSummary[] = [];
  await using server = new NbdServer({ ...features, onConnectionEnd: (summary) => ended.push(summary) });
  server.addExport('disk', new MemoryExport(4 << 20));
  const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  const client = await NbdClient.connect({ uri, strict: { bounds: false } });
  await client.write(0, pattern(65536));
  await client.read(0, 512);
  // A hole, which is sent as such.
  await client.read(2 << 20, 131072);
  await client.trim(0, 512);
  await client.writeZeroes(0, 512);
  await client.cache(0, 512).catch(() => {});
  await client.flush();
  await expect(client.read(4 << 20, 512)).rejects.toThrow();
  const { connections, accepted, ...requests } = server.statistics;
  expect({ connections, accepted }).toEqual({ connections: 1, accepted: 1 });
  expect(requests).toEqual({
    ...{ read: 2, write: 1, flush: 1, trim: 1, writeZeroes: 1, cache: 0, blockStatus: 0, failed: 1 },
    ...{ bytesRead: 512 + 131072, bytesWritten: 65536 },
  });
  await client.close();
  await expect.poll(() => ended).toHaveLength(1);
  expect(server.statistics).toMatchObject({ connections: 0, accepted: 1, write: 1 });
  expect(ended[0]).toMatchObject({
    clientName: expect.stringMatching(/^client 1 of /),
    address: { type: 'inet', host: '127.0.0.1', port: expect.any(Number) },
    exportName: 'disk',
    tls: false,
    startedAt: expect.any(Number),
    durationMs: expect.any(Number),
    error: undefined,
  });
  expect(ended[0]?.requests).toMatchObject({ write: 1, trim: 1, failed: 1 });
});

test('block status', async () => {
  await using server = new NbdServer();
  server.addExport('', new MemoryExport(1 << 20));
  const uri = await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 });
  const client = await NbdClient.connect(uri);
  await client.blockStatus(0, 1 << 20);
  expect(server.statistics).toMatchObject({ blockStatus: 1, failed: 0 });
  await client.close();
});

test('a connection that broke the protocol tells how', async () => {
  const ended: NbdConnectionSummary[] = [];
  const told: unknown[] = [];
  const server = new NbdServer({
    onConnectionError: (error) => told.push(error),
    onConnectionEnd: (summary) => ended.push(summary),
  });
  server.addExport('', new MemoryExport(4096));
  const client = await RawClient.open(server);
  await client.send(new Uint8Array(28));
  await client.served;
  expect(told).toHaveLength(1);
  expect(ended).toMatchObject([{ exportName: '', address: null, error: told[0] }]);
  await server.close();
});
