import { NBD_EIO, NBD_ENOSPC } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('one bad block: errno, words, offset and command in the error, its neighbours succeed', async () => {
  const { client } = await connectToScript(function* (server) {
    const [before, bad, after, write] = yield* server.requests(4);
    if (!before || !bad || !after || !write) return;
    yield* server.send(
      reply.data(before, 0, bytes(10)),
      reply.error(bad, NBD_EIO, 'bad\u0007sector'),
      reply.data(after, 20, bytes(10)),
      reply.error(write, NBD_ENOSPC),
    );
  });
  const [before, bad, after, write] = await Promise.allSettled([
    client.read(0, 10),
    client.read(10, 10),
    client.read(20, 10),
    client.write(30, bytes(3)),
  ]);
  expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(bad).toMatchObject({
    reason: {
      name: 'NbdServerError',
      code: 'NBD_SERVER_ERROR',
      fault: 'server',
      operation: 'read',
      errno: 'EIO',
      offset: 10,
      length: 10,
      message: expect.stringMatching(/^read of 10 bytes at 10: the server said EIO, "bad.+sector"$/),
    },
  });
  expect((bad as PromiseRejectedResult).reason.serverText).not.toContain('\u0007');
  expect(write).toMatchObject({ reason: { message: 'write of 3 bytes at 30: the server said ENOSPC' } });
});

test('an error chunk among data chunks fails the read once it is done, and only then', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(
      reply.data(request, 0, bytes(5), false),
      reply.errorAt(request, NBD_EIO, 5, false),
      reply.none(request),
    );
    const next = yield* server.request();
    yield* server.send(reply.data(next, 0, bytes(1)));
  });
  await expect(client.read(0, 10)).rejects.toMatchObject({ errno: 'EIO' });
  await client.read(0, 1);
});
