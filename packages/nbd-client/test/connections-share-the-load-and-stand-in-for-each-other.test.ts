import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { keeping, MULTI_CONN, readsRight, reconnectingClient } from './support/reconnecting-client.js';

const facts = { flags: MULTI_CONN };
/** What is lost is not made again. */
const FOR_GOOD = { reconnects: false };

test('requests go to the least busy', async () => {
  const counts = [0, 0, 0, 0];
  const it = await reconnectingClient({ connections: 4 }, (index) => ({
    facts,
    *before() {
      counts[index] = (counts[index] ?? 0) + 1;
      return true;
    },
  }));
  expect(it.client.statistics.connections).toBe(4);
  const reads = await Promise.all(Array.from({ length: 40 }, (_, index) => readsRight(it, index * 100)));
  expect(reads.every(Boolean)).toBe(true);
  expect(counts).toEqual([10, 10, 10, 10]);
});

test('what was in flight on a lost one is done by the others at once, without reconnect too', async () => {
  const it = await reconnectingClient({ connections: 3, ...FOR_GOOD }, (index) => ({
    facts,
    ...keeping(() => index === 0),
  }));
  const reads = Promise.all(Array.from({ length: 30 }, (_, index) => readsRight(it, index * 100)));
  await settle();
  it.connections[0]?.cut();
  expect((await reads).every(Boolean)).toBe(true);
  expect(it.client.statistics).toMatchObject({ connections: 2, replays: 10, reconnects: 0 });
  expect(it.attempts()).toBe(3);
  it.connections[1]?.cut();
  await settle();
  expect(await readsRight(it)).toBe(true);
  it.connections[2]?.cut();
  await settle();
  await expect(it.client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});

test('a server that gives no second connection serves on the first, and is told of', async () => {
  const it = await reconnectingClient({ connections: 3, ...FOR_GOOD }, (index) => ({
    facts,
    fault: index === 1 ? { after: 30, kind: 'cut' } : null,
  }));
  expect(it.client.statistics.connections).toBe(2);
  expect(it.events).toMatchObject([{ type: 'connect-failed', connection: 1 }]);
  expect(await readsRight(it)).toBe(true);
  await it.client.close();
  expect(it.clock.armed).toBe(0);
});

test('with reconnect on it is asked for one again', async () => {
  const it = await reconnectingClient({ connections: 2 }, (index) => ({
    facts,
    fault: index === 1 ? { after: 30, kind: 'cut' } : null,
  }));
  expect(it.client.statistics.connections).toBe(1);
  it.clock.advance(1e9);
  await settle();
  expect(it.client.statistics.connections).toBe(2);
  await it.client.close();
});

test('a server without NBD_FLAG_CAN_MULTI_CONN has one', async () => {
  const it = await reconnectingClient({ connections: 4 });
  expect([it.attempts(), it.client.statistics.connections]).toEqual([1, 1]);
});
