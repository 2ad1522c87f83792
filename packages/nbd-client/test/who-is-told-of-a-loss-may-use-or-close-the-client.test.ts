import type { NbdClient, NbdClientEvent } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { drive, settle } from './support/drive.js';
import { keeping, reconnectingClient } from './support/reconnecting-client.js';

const TYPES: NbdClientEvent['type'][] = [
  'connection-lost',
  'connect-failed',
  'reconnected',
  'reconnect-delay-over',
];

test.each(TYPES)('close while told of %s: all settle, nothing is left', async (when) => {
  let client: NbdClient | undefined;
  const closing: (Promise<void> | undefined)[] = [];
  const it = await reconnectingClient(
    {
      reconnectDelayMs: 500,
      onEvent: ({ type }) => {
        if (type === when) closing.push(client?.close());
      },
    },
    () => keeping(() => true),
  );
  client = it.client;
  const reads = [client.read(0, 1), client.read(0, 2)];
  await settle();
  it.serve(when !== 'connect-failed' && when !== 'reconnect-delay-over');
  it.connections[0]?.cut();
  const outcomes = await drive(it.clock, Promise.allSettled([...reads]));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(closing.length).toBeGreaterThan(0);
  await drive(it.clock, Promise.all(closing));
  await settle();
  expect([it.clock.armed, it.client.statistics.connections]).toEqual([0, 0]);
});

test('a read while told of the loss waits for the next connection', async () => {
  let client: NbdClient | undefined;
  const reads: (Promise<Buffer> | undefined)[] = [];
  const it = await reconnectingClient({
    onEvent: ({ type }) => {
      if (type === 'connection-lost') reads.push(client?.read(0, 4));
    },
  });
  client = it.client;
  it.connections[0]?.cut();
  await settle();
  expect(await drive(it.clock, Promise.all(reads))).toEqual([Buffer.from(it.disk.contents.subarray(0, 4))]);
});
