import { NBD_CMD_FLAG_FUA, NBD_CMD_FLUSH, NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

test('it reads into memory of its own', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, request.offset, bytes(request.length)));
  });
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'reads', 512, 5000)).toEqual(bytes(5000));
});

test('what it reads lands in shared memory that this thread sees, and nowhere else in it', async () => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, request.offset, bytes(request.length)));
  });
  const thread = await threadWithView(client);
  const memory = new Uint8Array(new SharedArrayBuffer(100_000));
  expect(await thread.run(user, 'readsInto', 0, memory.subarray(1000, 51_000))).toBe('read');
  expect(Buffer.compare(memory.subarray(1000, 51_000), bytes(50_000))).toBe(0);
  expect(memory.subarray(0, 1000).every((byte) => byte === 0)).toBe(true);
  expect(memory.subarray(51_000).every((byte) => byte === 0)).toBe(true);
});

test.each([true, false])('it writes, with its flag (from shared memory: %s), and flushes', async (shared) => {
  const { client, ended } = await connectToScript(function* (server) {
    const write = yield* server.request();
    yield* server.send(reply.none(write));
    const flush = yield* server.request();
    yield* server.send(reply.none(flush));
    return [write, flush];
  });
  const thread = await threadWithView(client);
  const data = new Uint8Array(shared ? new SharedArrayBuffer(70_000) : new ArrayBuffer(70_000));
  data.set(bytes(70_000));
  expect(await thread.run(user, 'writes', 4096, data, true)).toBe('written');
  expect(await thread.run(user, 'flushes')).toBe('flushed');
  const [write, flush] = await ended;
  expect(write).toMatchObject({ type: NBD_CMD_WRITE, flags: NBD_CMD_FLAG_FUA, offset: 4096, length: 70_000 });
  expect(Buffer.compare(write?.payload ?? bytes(0), bytes(70_000))).toBe(0);
  expect(flush).toMatchObject({ type: NBD_CMD_FLUSH, flags: 0, offset: 0, length: 0 });
});

test.each([2 ** 32 + 7, 2 ** 53 - 1, 2n ** 64n - 2n])('offset %s arrives whole', async (offset) => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.error(request, 5));
      return request;
    },
    { facts: { size: 2n ** 64n - 1n } },
  );
  const thread = await threadWithView(client);
  await thread.run(user, 'reads', offset, 1);
  const { type, offsetHigh, offsetLow } = await ended;
  expect(type).toBe(NBD_CMD_READ);
  expect((BigInt(offsetHigh) << 32n) | BigInt(offsetLow)).toBe(BigInt(offset));
});

test('several threads and its own use the client at once', async () => {
  const { client } = await connectToScript(function* (server) {
    const requests = yield* server.requests(3);
    for (const request of requests.reverse())
      yield* server.send(reply.data(request, request.offset, bytes(request.length, request.offset)));
  });
  const threads = [await threadWithView(client, 'one'), await threadWithView(client, 'two')];
  const reading = [...threads.map((thread, index) => thread.run(user, 'reads', index, 9)), client.read(2, 9)];
  const read = await Promise.all(reading);
  expect(read.map((data) => new Uint8Array(data as Uint8Array))).toEqual([
    bytes(9, 0),
    bytes(9, 1),
    bytes(9, 2),
  ]);
});

test('each of its coroutines goes on in its own context', async () => {
  const { client } = await connectToScript(function* (server) {
    for (const request of yield* server.requests(2)) yield* server.send(reply.data(request, 0, bytes(1)));
  });
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'readsInTwoContexts')).toEqual(['one', 'two']);
});

test('more calls than a view has slots wait for their turn, each gets its own answer', async () => {
  const { client } = await connectToScript(function* (server) {
    for (let answered = 0; answered < 1000; answered++) {
      const request = yield* server.request();
      yield* server.send(reply.data(request, request.offset, Uint8Array.of(request.offset % 251)));
    }
  });
  const thread = await threadWithView(client);
  const read = await thread.run<Uint8Array>(user, 'readsManyAtOnce', 1000);
  expect(new Uint8Array(read)).toEqual(Uint8Array.from({ length: 1000 }, (_, at) => at % 251));
});
