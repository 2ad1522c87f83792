import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { keeping, reconnectingClient } from './support/reconnecting-client.js';
import { connectToScript } from './support/scripted-server.js';

function abortedWithNull(): AbortSignal {
  const stop = new AbortController();
  stop.abort(null);
  return stop.signal;
}

test('before it is sent, while it is in flight, and while it waits for a connection', async () => {
  const it = await reconnectingClient({}, () => keeping(() => true));
  await expect(it.client.read(0, 16, { signal: abortedWithNull() })).rejects.toBe(null);
  const stop = new AbortController();
  const outcomes = Promise.allSettled([
    it.client.read(0, 16, { signal: stop.signal }),
    coRun(() => it.client.co.write(0, new Uint8Array(16), { signal: stop.signal })),
  ]);
  await settle();
  stop.abort(null);
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: null },
    { status: 'rejected', reason: null },
  ]);
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const later = new AbortController();
  const waiting = it.client.read(0, 16, { signal: later.signal });
  const rejected = expect(waiting).rejects.toBe(null);
  await settle();
  later.abort(null);
  await rejected;
  await it.client.close();
});

test('the signal of the client: what is in flight, and what comes later, fails with an error', async () => {
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      yield* server.request();
      yield* server.window.fill();
    },
    { client: { signal: stop.signal } },
  );
  const reading = expect(client.read(0, 16)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await settle();
  stop.abort(null);
  await reading;
  await expect(client.read(0, 16)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await client.close();
});
