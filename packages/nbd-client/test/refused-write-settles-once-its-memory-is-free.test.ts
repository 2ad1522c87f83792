import { NBD_EPERM } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { connectToScript, reply } from './support/scripted-server.js';

test('refused before all of it was sent: the caller gets its memory back when that is done', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const first = yield* server.request();
      // The second is not here yet, but its cookie can be told: the next slot, used once.
      yield* server.send(
        reply.error({ ...first, cookieHigh: 1, cookieLow: 1 }, NBD_EPERM),
        reply.none(first),
      );
      return (yield* server.request()).payload;
    },
    { pair: { capacity: 1000 } },
  );
  const payload = new Uint8Array(100_000).fill(2);
  const writing = client.write(0, new Uint8Array(100_000).fill(1));
  await client.write(200_000, payload).catch((error: { errno: string }) => {
    expect(error.errno).toBe('EPERM');
    payload.fill(99);
  });
  await writing;
  expect((await ended).every((byte) => byte === 2)).toBe(true);
});
