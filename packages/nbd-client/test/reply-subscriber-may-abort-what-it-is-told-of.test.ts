import { channel } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

/** Aborts as the reply of the read at 0 is told of. @returns what was told of it */
function abortingSubscriber(stop: AbortController): unknown[] {
  const told: unknown[] = [];
  const subscriber = (message: unknown): void => {
    const { offset, error } = message as { offset: number; error: unknown };
    if (offset !== 0) return;
    told.push(error);
    stop.abort();
  };
  channel('coaio:nbd-client:reply').subscribe(subscriber);
  onTestFinished(() => {
    channel('coaio:nbd-client:reply').unsubscribe(subscriber);
  });
  return told;
}

test('the answer is here, so the read succeeds, and the others are waited for', async () => {
  const stop = new AbortController();
  const told = abortingSubscriber(stop);
  const { client } = await connectToScript(function* (server) {
    for (const request of yield* server.requests(2))
      yield* server.send(reply.data(request, request.offset, bytes(16)));
    yield* server.request();
  });
  const [first, second] = [client.read(0, 16, { signal: stop.signal }), client.read(16, 16)];
  expect(new Uint8Array(await first)).toEqual(bytes(16));
  expect(new Uint8Array(await second)).toEqual(bytes(16));
  expect(told).toEqual([null]);
  expect(client.statistics).toMatchObject({ givenUp: 0 });
  await client.close();
});

test('of a lost connection: told once, the others fail too', async () => {
  const stop = new AbortController();
  const told = abortingSubscriber(stop);
  const { client } = await connectToScript(function* (server) {
    yield* server.requests(2);
    server.channel.close();
  });
  const reads = await Promise.allSettled([client.read(0, 16, { signal: stop.signal }), client.read(16, 16)]);
  const lost = { reason: { code: 'NBD_CONNECTION_LOST' } };
  expect(reads).toMatchObject([lost, lost]);
  expect(told).toHaveLength(1);
  expect(client.statistics.givenUp).toBe(0);
});
