import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('a session over a channel that moves one byte at a time', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const [read, write, flush] = yield* server.requests(3);
      if (!read || !write || !flush) return;
      yield* server.send(reply.none(write), reply.data(read, 0, bytes(600)), reply.none(flush));
      return write.payload;
    },
    { pair: { maxTransfer: 1, capacity: 10 } },
  );
  const [data] = await Promise.all([client.read(0, 600), client.write(0, bytes(600, 3)), client.flush()]);
  expect(new Uint8Array(data)).toEqual(bytes(600));
  expect(await ended).toEqual(bytes(600, 3));
});
