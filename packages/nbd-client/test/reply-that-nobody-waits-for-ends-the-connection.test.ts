import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('an unknown cookie is a protocol error, told to all in flight', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.none({ ...request, cookieLow: 77 }));
    return yield* server.sawEnd();
  });
  await expect(client.read(0, 10)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: 'read of 10 bytes at 0: reply: cookie 0x000000010000004d belongs to no request in flight',
    cause: { code: 'NBD_BAD_REPLY' },
  });
  expect(await ended).toBe(true);
});

test('a second answer is not taken for that of the slot’s next request', async () => {
  const { client } = await connectToScript(function* (server) {
    const first = yield* server.request();
    yield* server.send(reply.data(first, 0, bytes(10)));
    yield* server.request();
    yield* server.send(reply.data(first, 0, bytes(10, 99)));
  });
  await client.read(0, 10);
  await expect(client.read(0, 10)).rejects.toMatchObject({ cause: { code: 'NBD_BAD_REPLY' } });
});
