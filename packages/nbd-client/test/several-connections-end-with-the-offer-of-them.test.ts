import { NBD_FLAG_SEND_FLUSH } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { MULTI_CONN, readsRight, reconnectingClient } from './support/reconnecting-client.js';

const CONNECTIONS = 4;

test('a server that offers them no more has one, also after that is lost', async () => {
  const it = await reconnectingClient({ connections: CONNECTIONS, onExportChanged: () => true }, (index) => ({
    facts: { flags: index < CONNECTIONS ? MULTI_CONN : NBD_FLAG_SEND_FLUSH },
  }));
  await settle();
  expect(it.client.statistics.connections).toBe(CONNECTIONS);
  for (let losses = 0; losses < 3; losses++) {
    for (const connection of it.connections) connection.cut();
    await settle(10);
    expect(it.client.statistics.connections).toBe(1);
    expect(await readsRight(it)).toBe(true);
  }
  await it.client.close();
  for (const { ended } of it.connections) expect(await ended).toBeUndefined();
  expect(it.clock.armed).toBe(0);
});

test('while others live, one that is made again does not join them', async () => {
  const it = await reconnectingClient({ connections: 2, onExportChanged: () => true }, (index) => ({
    facts: { flags: index < 2 ? MULTI_CONN : NBD_FLAG_SEND_FLUSH },
  }));
  await settle();
  it.connections[1]?.cut();
  await settle(10);
  expect([it.client.statistics.connections, it.attempts()]).toEqual([1, 3]);
  expect(await readsRight(it)).toBe(true);
  await it.client.close();
});
