import { expect, test } from 'vitest';
import { drive, settle } from './support/drive.js';
import { keeping, readsRight, reconnectingClient } from './support/reconnecting-client.js';

test('those that wait fail when it is over, later ones at once, and all is well once there is a server', async () => {
  const it = await reconnectingClient({ reconnectDelayMs: 3000 }, (index) => keeping(() => index === 0));
  const inFlight = it.client.read(0, 10);
  await settle();
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const waiting = it.client.read(0, 20);
  let failures = 0;
  for (const read of [inFlight, waiting]) read.catch(() => failures++);
  await settle();
  it.clock.advance(3000e6 - 1);
  await settle();
  expect(failures).toBe(0);
  it.clock.advance(1);
  await settle();
  await expect(inFlight).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    operation: 'read of 10 bytes at 0',
  });
  await expect(waiting).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    operation: 'read of 20 bytes at 0',
  });
  await expect(it.client.read(0, 30)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  expect(it.events.map(({ type }) => type)).toContain('reconnect-delay-over');
  it.serve(true);
  it.clock.advance(16e9);
  await settle();
  expect(await readsRight(it)).toBe(true);
});

test('of 0: requests fail at once until there is a connection, which is made all the same', async () => {
  const it = await reconnectingClient({ reconnectDelayMs: 0 });
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  await expect(it.client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  it.serve(true);
  it.clock.advance(1e9);
  await settle();
  expect(await readsRight(it)).toBe(true);
});

test('its time begins anew with each loss', async () => {
  const it = await reconnectingClient({ reconnectDelayMs: 3000 });
  for (let loss = 0; loss < 3; loss++) {
    expect(await readsRight(it)).toBe(true);
    it.serve(false);
    it.connections.at(-1)?.cut();
    await settle();
    it.clock.advance(900e6);
    it.serve(true);
    it.clock.advance(100e6);
    await settle();
  }
  expect(await drive(it.clock, readsRight(it))).toBe(true);
  expect(it.events.map(({ type }) => type)).not.toContain('reconnect-delay-over');
});
