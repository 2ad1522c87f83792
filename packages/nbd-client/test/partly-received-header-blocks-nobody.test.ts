import { NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('while half a reply header is here, other requests go out', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const read = yield* server.request();
    const answer = reply.data(read, 0, bytes(10));
    yield* server.send(answer.subarray(0, 7));
    const write = yield* server.request();
    yield* server.send(answer.subarray(7), reply.none(write));
    return [read.type, write.type];
  });
  const reading = client.read(0, 10);
  const writing = client.write(0, bytes(10));
  expect(new Uint8Array(await reading)).toEqual(bytes(10));
  await writing;
  expect(await ended).toEqual([NBD_CMD_READ, NBD_CMD_WRITE]);
});
