import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { reconnectingClient } from './support/reconnecting-client.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const HUGE = Number.MAX_VALUE;

test.each(['openTimeoutMs', 'requestTimeoutMs', 'closeTimeoutMs', 'livenessMs', 'reconnectDelayMs'])(
  '%s: the client connects, reads and closes',
  async (option) => {
    const { client, ended } = await connectToScript(
      function* (server) {
        const request = yield* server.request();
        yield* server.send(reply.data(request, 0, bytes(16)));
        yield* server.request();
        return yield* server.sawEnd();
      },
      { client: { [option]: HUGE } },
    );
    expect(new Uint8Array(await client.read(0, 16, { timeoutMs: HUGE }))).toEqual(bytes(16));
    await client.close();
    expect(await ended).toBe(true);
  },
);

test('a read that waits for a connection', async () => {
  const it = await reconnectingClient();
  it.serve(false);
  it.connections[0]?.cut();
  await settle();
  const reading = it.client.read(0, 16, { timeoutMs: HUGE });
  it.serve(true);
  await settle();
  it.clock.advance(2e9);
  await settle();
  expect(await reading).toHaveLength(16);
  await it.client.close();
});
