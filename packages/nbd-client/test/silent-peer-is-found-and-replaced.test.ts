import { NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { keeping, readsRight, reconnectingClient } from './support/reconnecting-client.js';
import { connectToScript, reply } from './support/scripted-server.js';

test('after livenessMs it is asked, after as long again it counts as lost: its read is done elsewhere', async () => {
  const it = await reconnectingClient({ livenessMs: 1000 }, (index) => keeping(() => index === 0));
  const read = readsRight(it);
  await settle();
  it.clock.advance(1000e6);
  await settle();
  expect(it.events).toEqual([]);
  it.clock.advance(1000e6);
  await settle();
  expect(await read).toBe(true);
  expect(it.events[0]).toMatchObject({ type: 'connection-lost', error: { code: 'NBD_SILENT_PEER' } });
  await it.client.close();
  expect(it.clock.armed).toBe(0);
});

test('an idle one that answers the probe is kept, with an error too', async () => {
  const it = await reconnectingClient({ livenessMs: 1000 }, () => ({ badOffset: 0 }));
  for (let second = 0; second < 20; second++) {
    it.clock.advance(1000e6);
    await settle();
  }
  expect(it.events).toEqual([]);
  expect(it.client.statistics.errors).toBeGreaterThan(5);
  await it.client.close();
});

test('a server that said ESHUTDOWN and then nothing more is not waited for for ever', async () => {
  const clock = new CountingClock();
  const { client } = await connectToScript(
    function* (server) {
      const [first] = yield* server.requests(2);
      if (first !== undefined) yield* server.send(reply.error(first, NBD_ESHUTDOWN));
      yield* server.request();
    },
    { client: { clock, livenessMs: 1000 } },
  );
  const reads = Promise.allSettled([client.read(0, 1), client.read(1, 1)]);
  await settle();
  for (let second = 0; second < 3; second++) {
    clock.advance(1000e6);
    await settle();
  }
  expect(await reads).toMatchObject([
    { reason: { errno: 'ESHUTDOWN' } },
    { reason: { code: 'NBD_CONNECTION_LOST', cause: { code: 'NBD_SILENT_PEER' } } },
  ]);
  await client.close();
  expect(clock.armed).toBe(0);
});
