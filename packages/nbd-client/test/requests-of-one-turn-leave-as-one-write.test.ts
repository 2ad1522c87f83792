import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('64 requests, one write', async () => {
  const { client } = await connectToScript(function* (server) {
    for (;;) {
      const request = yield* server.request();
      yield* server.send(
        request.type === 0 ? reply.data(request, request.offset, bytes(request.length)) : reply.none(request),
      );
    }
  });
  const writes = vi.spyOn(QIOChannelPair.prototype, 'writevAll');
  const requests = Array.from({ length: 64 }, (_, index) => client.read(index * 100, 100));
  requests.push(client.write(0, bytes(100)).then(() => Buffer.alloc(0)));
  expect(writes).not.toHaveBeenCalled();
  await Promise.all(requests);
  expect(writes.mock.contexts.filter((channel) => channel === writes.mock.contexts[0])).toHaveLength(1);
  writes.mockRestore();
});
