import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NbdClient } from '@coaio/nbd-client';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryServer } from '../src/embedded-server/memory-server.js';

test('so that what is read from it is sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nbd-bench-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { server, uri } = await startMemoryServer(join(folder, 'nbd.sock'));
  const client = await NbdClient.connect(uri);
  await client.read(0, 2 ** 20);
  expect(client.statistics.bytesReceived).toBeGreaterThan(2 ** 20);
  await client.close();
  await server.close();
});
