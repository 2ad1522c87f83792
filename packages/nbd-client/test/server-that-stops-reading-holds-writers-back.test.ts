import { VirtualClock } from '@coaio/aio-context';
import { type Co, coAwait, coYield } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { connectToScript, reply } from './support/scripted-server.js';

const PAYLOAD = 1 << 20;
const WRITES = 64;

test('large payloads wait in their callers’ memory, and go on when the server does', async () => {
  let readOn = (): void => {};
  const reading = new Promise<void>((resolve) => {
    readOn = resolve;
  });
  const { client, ended } = await connectToScript(
    function* (server) {
      yield* coAwait(reading);
      for (const request of yield* server.requests(WRITES)) yield* server.send(reply.none(request));
    },
    { facts: { size: 1n << 30n }, pair: { capacity: 65_536 } },
  );
  const payload = new Uint8Array(PAYLOAD).fill(3);
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let settled = 0;
  const writes = Array.from({ length: WRITES }, (_, index) =>
    client.write(index * PAYLOAD, payload).then(() => settled++),
  );
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(settled).toBe(0);
  // One window full is on the way; of 64 MiB nothing else was copied.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * PAYLOAD);
  readOn();
  await Promise.all(writes);
  await ended;
  expect(settled).toBe(WRITES);
});

test('close waits for it no longer than closeTimeoutMs', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript(() => forEver(), {
    pair: { capacity: 1000 },
    client: { clock, closeTimeoutMs: 3000 },
  });
  const writing = client.write(0, new Uint8Array(100_000));
  const closing = client.close();
  await new Promise(setImmediate);
  clock.advance(3e9);
  await expect(writing).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await expect(closing).resolves.toBeUndefined();
});

/** Reads nothing. */
function* forEver(): Co<void> {
  for (;;) yield* coYield();
}
