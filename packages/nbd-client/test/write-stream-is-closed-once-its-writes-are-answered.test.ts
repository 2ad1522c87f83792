import { finished } from 'node:stream/promises';
import { NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const facts = { size: 1n << 20n, blockSize: { minimum: 1, preferred: 512, maximum: 4096 } };

test.each(['destroy', 'abort'])('after %s', async (how) => {
  const order: string[] = [];
  const { client } = await connectToScript(
    function* (server) {
      const [first, second] = yield* server.requests(2);
      const read = yield* server.request();
      yield* server.send(reply.none(second as never), reply.data(read, 0, bytes(5)));
      const later = yield* server.request();
      order.push('answered');
      yield* server.send(reply.none(first as never), reply.data(later, 0, bytes(5)));
    },
    { facts },
  );
  const stop = new AbortController();
  const stream = client.writeStream({ chunkSize: 512, signal: stop.signal });
  const enough = new Error('enough');
  stream.write(bytes(1100));
  const ended = finished(stream);
  await new Promise((resolve) => setImmediate(resolve));
  if (how === 'abort') stop.abort(enough);
  else stream.destroy(enough);
  const told = ended.catch((error: unknown) => {
    order.push('told');
    return error;
  });
  // By then it has been destroyed, and one of its writes has been answered.
  await new Promise((resolve) => setImmediate(resolve));
  await client.read(0, 5);
  order.push('read');
  await client.read(0, 5);
  expect(await told).toBe(enough);
  expect(order).toEqual(['read', 'answered', 'told']);
  expect(client.statistics.givenUp).toBe(0);
});

test('a lost connection closes it', async () => {
  const { client } = await connectToScript(
    function* (server) {
      yield* server.requests(2);
      yield* server.request();
      server.channel.close();
    },
    { facts },
  );
  const stream = client.writeStream({ chunkSize: 512 });
  stream.write(bytes(1024));
  await new Promise((resolve) => setImmediate(resolve));
  stream.destroy(new Error('enough'));
  client.read(0, 5).catch(() => {});
  await expect(finished(stream)).rejects.toThrow('enough');
});

test('so does the limit in time of its requests', async () => {
  const { client } = await connectToScript((server) => server.sawEnd(), { facts });
  const stream = client.writeStream({ chunkSize: 512, timeoutMs: 5 });
  stream.write(bytes(1024));
  await expect(finished(stream)).rejects.toMatchObject({ code: 'NBD_TIMEOUT' });
  expect(stream.closed).toBe(true);
});

test('what was not sent when it was destroyed is not sent', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const read = yield* server.request();
      const other = yield* server.request();
      yield* server.send(reply.data(read, 0, bytes(512)), reply.data(other, 0, bytes(512)));
      const last = yield* server.request();
      yield* server.send(reply.data(last, 0, bytes(512)));
      return [read.type, other.type, last.type];
    },
    { facts: { size: 1n << 20n, blockSize: { minimum: 512, preferred: 512, maximum: 4096 } } },
  );
  // A cut block is read first.
  const stream = client.writeStream({ start: 100, chunkSize: 512 });
  stream.write(bytes(600));
  await new Promise((resolve) => setImmediate(resolve));
  stream.destroy(new Error('enough'));
  await expect(finished(stream)).rejects.toThrow('enough');
  await client.read(0, 512);
  await client.read(0, 512);
  expect((await ended)?.includes(NBD_CMD_WRITE)).toBe(false);
  expect((await ended)?.[0]).toBe(NBD_CMD_READ);
});
