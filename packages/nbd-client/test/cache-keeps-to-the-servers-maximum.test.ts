import { NBD_CMD_CACHE, NBD_FLAG_SEND_CACHE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { connectToScript, reply } from './support/scripted-server.js';

const blockSize = { minimum: 512, preferred: 4096, maximum: 8192, advertised: true };

test.each([false, true])('extended headers: %s', async (extendedHeaders) => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const requests = yield* server.requests(3);
      if (extendedHeaders) server.channel.close();
      else yield* server.send(...requests.map((request) => reply.none(request)));
      return requests.map(({ type, offset, length }) => [type, offset, Number(length)]);
    },
    { facts: { flags: NBD_FLAG_SEND_CACHE, blockSize }, offers: { extendedHeaders } },
  );
  // This server knows no extended replies: it leaves then.
  const cached = client.cache(1000, 8192 * 2).catch(() => {});
  expect(await ended).toEqual([
    [NBD_CMD_CACHE, 512, 8192],
    [NBD_CMD_CACHE, 8704, 8192],
    [NBD_CMD_CACHE, 16896, 512],
  ]);
  await cached;
});

test('unless that is left to the server', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.none(request));
      return request.length;
    },
    { facts: { flags: NBD_FLAG_SEND_CACHE, blockSize }, client: { strict: { payload: false } } },
  );
  await client.cache(0, 65536);
  expect(Number(await ended)).toBe(65536);
});
