import type { ExportInfo } from '@coaio/nbd-client';
import { NBD_FLAG_READ_ONLY, NBD_FLAG_SEND_FLUSH } from '@coaio/nbd-protocol';
import { expect, onTestFinished, test } from 'vitest';
import { settle } from './support/drive.js';
import type { ModelOptions } from './support/model-server.js';
import { readsRight, reconnectingClient } from './support/reconnecting-client.js';

const BLOCKS = { minimum: 512, preferred: 4096, maximum: 1 << 20 };
const changes: [string, Partial<ModelOptions>, string][] = [
  ['size', { facts: { size: 1024n } }, 'had 65536 bytes'],
  [
    'flags',
    { facts: { flags: NBD_FLAG_READ_ONLY | NBD_FLAG_SEND_FLUSH } },
    'now it has 65536 bytes, flags 0x7',
  ],
  ['block sizes', { facts: { blockSize: BLOCKS } }, 'blocks of 512 to 1048576 bytes'],
  ['form of its replies', { form: 'simple' }, 'simple replies'],
];

test.each(changes)('another %s: the client ends with NBD_EXPORT_CHANGED', async (_what, after, words) => {
  const it = await reconnectingClient({}, (index) => (index === 0 ? {} : after));
  it.connections[0]?.cut();
  await settle();
  await expect(it.client.read(0, 1)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    cause: { code: 'NBD_EXPORT_CHANGED', message: expect.stringContaining(words) },
  });
  expect(it.events.find(({ type }) => type === 'export-changed')).toMatchObject({ accepted: false });
  expect(await it.connections[1]?.ended).toBeUndefined();
  await it.client.close();
  expect([it.attempts(), it.clock.armed]).toEqual([2, 0]);
});

test('accepted: the client goes on, and knows the new size', async () => {
  const asked: [ExportInfo, ExportInfo][] = [];
  const it = await reconnectingClient(
    { onExportChanged: (before, after) => asked.push([before, after]) > 0 },
    (index) => (index === 0 ? {} : { facts: { size: 1024n } }),
  );
  it.connections[0]?.cut();
  await settle();
  expect(asked.map((pair) => pair.map(({ size }) => size))).toEqual([[65536n, 1024n]]);
  expect(it.client.info.size).toBe(1024n);
  expect(await readsRight(it)).toBe(true);
  await expect(it.client.read(1024, 1)).rejects.toMatchObject({ code: 'NBD_OUT_OF_BOUNDS' });
  it.connections[1]?.cut();
  await settle();
  expect(await readsRight(it)).toBe(true);
  expect(asked).toHaveLength(1);
});

test('who is asked may throw, or close the client: no connection is left open', async () => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
  const closing: Promise<void>[] = [];
  const answers = [
    (): boolean => {
      throw new Error('a bug');
    },
    () => closing.push(it.client.close()) > 0,
  ];
  let it: Awaited<ReturnType<typeof reconnectingClient>>;
  for (const onExportChanged of answers) {
    it = await reconnectingClient({ onExportChanged }, (index) =>
      index === 0 ? {} : { facts: { size: 1024n } },
    );
    it.connections[0]?.cut();
    await settle();
    await expect(it.client.read(0, 1)).rejects.toMatchObject({
      code: expect.stringMatching(/^NBD_(CONNECTION_LOST|CLOSED)$/),
    });
    await it.connections[1]?.ended;
    await it.client.close();
  }
  await Promise.all(closing);
  expect(uncaught).toEqual([new Error('a bug')]);
});
