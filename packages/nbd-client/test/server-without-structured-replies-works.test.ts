import { NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('simple replies carry reads, writes, flushes and errors', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const [read, write, flush, bad] = yield* server.requests(4);
      if (!read || !write || !flush || !bad) return;
      yield* server.send(reply.simple(bad, NBD_EIO), reply.simple(flush), reply.simple(write));
      yield* server.send(reply.simple(read), bytes(10));
    },
    { structuredReplies: false },
  );
  expect(client.structuredReplies).toBe(false);
  const read = client.read(0, 10);
  const others = Promise.allSettled([client.write(0, bytes(1)), client.flush(), client.read(0, 10)]);
  expect(new Uint8Array(await read)).toEqual(bytes(10));
  expect((await others).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

test.each(['read', 'write'] as const)(
  'a structured reply to a %s, which nobody asked for, ends the connection',
  async (call) => {
    const { client } = await connectToScript(
      function* (server) {
        const request = yield* server.request();
        yield* server.send(call === 'read' ? reply.data(request, 0, bytes(10)) : reply.none(request));
      },
      { structuredReplies: false },
    );
    await expect(call === 'read' ? client.read(0, 10) : client.write(0, bytes(10))).rejects.toMatchObject({
      code: 'NBD_CONNECTION_LOST',
      message: expect.stringContaining('structured reply, which was not negotiated'),
    });
  },
);
