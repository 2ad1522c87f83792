import { VirtualClock } from '@coaio/aio-context';
import { NBD_CMD_DISC, NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('what is in flight is still answered, nothing new is sent, then NBD_CMD_DISC', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const [first, second] = yield* server.requests(2);
    if (!first || !second) return;
    yield* server.send(reply.error(first, NBD_ESHUTDOWN), reply.data(second, 10, bytes(10)));
    return [(yield* server.request()).type, yield* server.sawEnd()];
  });
  const [first, second] = await Promise.allSettled([client.read(0, 10), client.read(10, 10)]);
  expect(first).toMatchObject({ status: 'rejected', reason: { errno: 'ESHUTDOWN' } });
  expect(second.status).toBe('fulfilled');
  await expect(client.read(0, 1)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: expect.stringContaining('ESHUTDOWN'),
  });
  expect(await ended).toEqual([NBD_CMD_DISC, true]);
});

test('close waits for that end, as long as closeTimeoutMs', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript(
    function* (server) {
      const [, second] = yield* server.requests(2);
      if (second) yield* server.send(reply.error(second, NBD_ESHUTDOWN));
    },
    { client: { clock, closeTimeoutMs: 100 } },
  );
  const unanswered = client.read(10, 10);
  await expect(client.read(0, 10)).rejects.toMatchObject({ errno: 'ESHUTDOWN' });
  const closing = client.close();
  clock.advance(100e6);
  await expect(unanswered).rejects.toMatchObject({ message: expect.stringContaining('closeTimeoutMs') });
  await closing;
});
