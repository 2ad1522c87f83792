import { NBD_CMD_READ } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { drive, settle } from './support/drive.js';
import { keeping, readsRight, reconnectingClient } from './support/reconnecting-client.js';

test('reads that were in flight, and those that come meanwhile, are right', async () => {
  const it = await reconnectingClient({}, (index) => keeping(() => index === 0));
  const before = [readsRight(it), readsRight(it, 5000, 3)];
  await settle();
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const meanwhile = readsRight(it, 100, 9000);
  await settle();
  it.serve(true);
  expect(await drive(it.clock, Promise.all([...before, meanwhile]))).toEqual([true, true, true]);
  expect(it.client.statistics).toMatchObject({ reconnects: 1, replays: 2, connections: 1 });
  expect(it.events.map(({ type }) => type)).toEqual(['connection-lost', 'connect-failed', 'reconnected']);
  await it.client.close();
  expect(it.clock.armed).toBe(0);
});

test('a server that dies of a request gets it six times, not for ever', async () => {
  let seen = 0;
  const it = await reconnectingClient({ reconnectDelayMs: 20_000 }, () => ({
    *before({ type, offset }) {
      if (type !== NBD_CMD_READ || offset !== 666) return true;
      seen++;
      it.connections.at(-1)?.cut();
      return true;
    },
  }));
  await expect(drive(it.clock, it.client.read(666, 1))).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
  });
  expect(seen).toBe(6);
  expect(await drive(it.clock, readsRight(it))).toBe(true);
});

test('a server that drops each connection is not asked without a pause', async () => {
  const it = await reconnectingClient({ reconnectDelayMs: 0 });
  it.connections[0]?.cut();
  const drop = async (): Promise<void> => {
    for (let turns = 0; turns < 20; turns++) {
      await settle(1);
      it.connections.at(-1)?.cut();
    }
  };
  await drop();
  expect(it.attempts()).toBe(2);
  const seconds = [1, 2, 4, 8, 16, 16];
  for (const [index, pauseS] of seconds.entries()) {
    it.clock.advance(pauseS * 1e9 - 1);
    await drop();
    expect(it.attempts()).toBe(2 + index);
    it.clock.advance(1);
    await drop();
    expect(it.attempts()).toBe(3 + index);
  }
  await it.client.close();
  expect(it.clock.armed).toBe(0);
});

test('one that answers is asked at once, however often it goes', async () => {
  const it = await reconnectingClient();
  for (let cycle = 1; cycle <= 5; cycle++) {
    expect(await readsRight(it)).toBe(true);
    it.connections.at(-1)?.cut();
    await settle();
    expect(it.attempts()).toBe(cycle + 1);
  }
});
