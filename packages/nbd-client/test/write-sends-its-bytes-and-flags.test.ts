import { NBD_CMD_FLAG_FUA } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test.each([1, 4096, 8192, 8193, 300_000])('%d bytes', async (length) => {
  const { client, ended } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.none(request));
    return request;
  });
  await client.write(4096, bytes(length), { fua: true });
  const request = await ended;
  expect(request.flags).toBe(NBD_CMD_FLAG_FUA);
  expect(request.offset).toBe(4096);
  expect(Buffer.compare(request.payload, bytes(length))).toBe(0);
});
