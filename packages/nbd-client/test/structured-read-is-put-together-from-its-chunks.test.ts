import { NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('chunks in any order; a hole zeroes, no stale byte is left', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(
      reply.data(request, 1030, bytes(10), false),
      reply.hole(request, 1010, 20, false),
      reply.data(request, 1000, bytes(10, 50), false),
      reply.none(request),
    );
  });
  const target = new Uint8Array(40).fill(0xaa);
  await client.readInto(1000, target);
  expect(Buffer.concat([bytes(10, 50), new Uint8Array(20), bytes(10)])).toEqual(Buffer.from(target));
});

const lies: [string, Parameters<typeof connectToScript>[0], string][] = [
  [
    'bytes are missing',
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.data(request, 0, bytes(9)));
    },
    'without the bytes from 9 on',
  ],
  [
    'bytes come twice',
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.data(request, 0, bytes(6), false), reply.data(request, 4, bytes(6)));
    },
    'overlaps',
  ],
  [
    'bytes before the range',
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.data({ ...request }, 2 ** 33, bytes(10)));
    },
    'exceeds the request',
  ],
  [
    'bytes past the range',
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.hole(request, 0, 11));
    },
    'exceeds the request',
  ],
  [
    'a simple reply',
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.simple(request), bytes(10));
    },
    'structured replies were negotiated',
  ],
];

test.each(lies)('a reply that lies ends the connection: %s', async (_name, script, message) => {
  const { client } = await connectToScript(script);
  await expect(client.read(0, 10)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: expect.stringContaining(message),
    cause: { code: 'NBD_BAD_REPLY', fault: 'peer' },
  });
});

test('data in reply to a write ends the connection', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, 0, bytes(10)));
  });
  await expect(client.write(0, bytes(10))).rejects.toMatchObject({ cause: { code: 'NBD_BAD_REPLY' } });
});

test('an error that points outside a write ends the connection', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.errorAt(request, NBD_EIO, 10));
  });
  await expect(client.write(0, bytes(10))).rejects.toMatchObject({ cause: { code: 'NBD_BAD_REPLY' } });
});
