import { ConnectionLostError } from '@coaio/nbd-client';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('each request in flight rejects, answered ones keep their data, later ones fail at once', async () => {
  const { client } = await connectToScript(function* (server) {
    const [first] = yield* server.requests(4);
    if (first !== undefined) yield* server.send(reply.data(first, 0, bytes(10)));
    server.channel.close();
  });
  const outcomes = await Promise.allSettled([
    client.read(0, 10),
    client.read(10, 10),
    client.write(20, bytes(5)),
    client.flush(),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(errors.every((error) => error instanceof ConnectionLostError)).toBe(true);
  expect(errors.map(({ message }) => message)).toEqual([
    'read of 10 bytes at 10: memory: the server closed the connection',
    'write of 5 bytes at 20: memory: the server closed the connection',
    'flush: memory: the server closed the connection',
  ]);
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST', fault: 'connection' });
  await client.close();
});

test.each([
  ['that comes with others', 100_000],
  ['that lands in its place', 300_000],
])('death in the middle of a payload %s', async (_kind, length) => {
  const { client } = await connectToScript(function* (server) {
    const request = yield* server.request();
    yield* server.send(reply.data(request, 0, bytes(length)).subarray(0, 50_000));
    server.channel.close();
  });
  await expect(client.read(0, length)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: expect.stringContaining('in the middle'),
  });
});
