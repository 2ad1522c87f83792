import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('12000 reads at once, each gets its own byte', async () => {
  const count = 12_000;
  const { client, ended } = await connectToScript(function* (server) {
    for (const request of yield* server.requests(count)) {
      yield* server.send(reply.data(request, request.offset, bytes(1, request.offset)));
    }
  });
  const read = await Promise.all(Array.from({ length: count }, (_, offset) => client.read(offset, 1)));
  await ended;
  expect(read.findIndex((data, offset) => data[0] !== (offset & 0xff))).toBe(-1);
});

test('small writes at once arrive whole', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const seen: string[] = [];
    for (const request of yield* server.requests(300)) {
      seen.push(`${request.offset} ${request.payload.every((byte) => byte === request.offset % 251)}`);
      yield* server.send(reply.none(request));
    }
    return seen;
  });
  await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      client.write(index * 1000, new Uint8Array(1000).fill((index * 1000) % 251)),
    ),
  );
  expect(await ended).toEqual(Array.from({ length: 300 }, (_, index) => `${index * 1000} true`));
});
