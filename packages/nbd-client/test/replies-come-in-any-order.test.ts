import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('three reads, answered backwards, each get their own data', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const requests = yield* server.requests(3);
    for (const request of requests.toReversed()) {
      yield* server.send(reply.data(request, request.offset, bytes(request.length, request.offset)));
    }
  });
  const settled: number[] = [];
  const reads = [0, 100, 200].map(async (offset) => {
    const data = await client.read(offset, 50);
    settled.push(offset);
    return data;
  });
  const results = await Promise.all(reads);
  await ended;
  expect(results.map((data) => new Uint8Array(data))).toEqual([bytes(50, 0), bytes(50, 100), bytes(50, 200)]);
  expect(settled).toEqual([200, 100, 0]);
});
