import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('what the first one sent is answered before the second one sends anything', async () => {
  const order: string[] = [];
  const { client } = await connectToScript(
    function* (server) {
      const writes = yield* server.requests(2);
      const read = yield* server.request();
      yield* server.send(reply.data(read, 0, bytes(5)));
      // Nothing but this may come while the first writes are under way.
      const other = yield* server.request();
      order.push(other.offset === 1000 ? 'other' : 'too early');
      for (const write of writes) yield* server.send(reply.none(write));
      yield* server.send(reply.data(other, 1000, bytes(5)));
      const again = yield* server.requests(2);
      order.push('again');
      for (const write of again) yield* server.send(reply.none(write));
    },
    { facts: { size: 1n << 20n } },
  );
  const copy = (source: AsyncIterable<Uint8Array>) =>
    pipeline(Readable.from(source), client.writeStream({ chunkSize: 512, flush: false }));
  const first = copy(
    (async function* () {
      yield bytes(1024);
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('the source failed');
    })(),
  );
  await expect(first).rejects.toThrow('the source failed');
  const second = copy(
    (async function* () {
      yield bytes(1024);
    })(),
  );
  await client.read(0, 5);
  await client.read(1000, 5);
  await second;
  expect(order).toEqual(['other', 'again']);
});
