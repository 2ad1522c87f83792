import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const facts = { blockSize: { minimum: 1, preferred: 4096, maximum: 100_000 } };

test('what is under way is given up, its late reply drained, and the connection lives', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const first = yield* server.request();
      const second = yield* server.request();
      yield* server.send(reply.data(first, 0, bytes(10), false));
      const read = yield* server.request();
      yield* server.send(
        reply.data(first, 10, new Uint8Array(99_990)),
        reply.data(second, 100_000, new Uint8Array(100_000)),
        reply.data(read, 0, bytes(5)),
      );
    },
    { facts },
  );
  for await (const chunk of client.readChunks(0, 1_000_000)) {
    expect(chunk).toMatchObject({ type: 'data', offset: 0 });
    break;
  }
  expect(client.statistics.givenUp).toBe(2);
  expect(Buffer.compare(await client.read(0, 5), bytes(5))).toBe(0);
});

test('given up while a payload is landing', async () => {
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      const first = yield* server.request();
      const chunk = reply.data(first, 0, new Uint8Array(90_000));
      yield* server.send(chunk.subarray(0, 50_000));
      stop.abort(new Error('enough'));
      yield* server.send(chunk.subarray(50_000));
      const read = yield* server.request();
      yield* server.send(reply.data(read, 0, bytes(5)));
    },
    { facts },
  );
  await expect(allOf(client.readChunks(0, 90_000, { signal: stop.signal }))).rejects.toThrow('enough');
  expect(Buffer.compare(await client.read(0, 5), bytes(5))).toBe(0);
});

test('a signal that has aborted: nothing is sent', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    return (yield* server.request()).type;
  });
  const chunks = client.readChunks(0, 10, { signal: AbortSignal.abort(new Error('never')) });
  await expect(chunks.next()).rejects.toThrow('never');
  await client.close();
  expect(await ended).toBe(2);
});
