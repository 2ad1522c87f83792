import { VirtualClock } from '@coaio/aio-context';
import { NBD_CMD_DISC, NBD_CMD_FLUSH, NBD_CMD_WRITE, NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

test('in flight is answered, the flush too, then NBD_CMD_DISC, then the end', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const write = yield* server.request();
    yield* server.send(reply.none(write));
    const flush = yield* server.request();
    yield* server.send(reply.none(flush));
    const disconnect = yield* server.request();
    return [write.type, flush.type, disconnect.type, yield* server.sawEnd()];
  });
  const writing = client.write(0, bytes(10));
  const closing = client.close();
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CLOSED', fault: 'caller' });
  await Promise.all([writing, closing, client.close()]);
  expect(await ended).toEqual([NBD_CMD_WRITE, NBD_CMD_FLUSH, NBD_CMD_DISC, true]);
});

test('nothing written since the last flush: no flush', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const types: number[] = [];
    for (;;) {
      const request = yield* server.request();
      types.push(request.type);
      if (request.type === NBD_CMD_DISC) return types;
      yield* server.send(reply.none(request));
    }
  });
  await client.write(0, bytes(10));
  await client.flush();
  await client.write(0, bytes(10), { fua: true });
  await client.close();
  expect(await ended).toEqual([NBD_CMD_WRITE, NBD_CMD_FLUSH, NBD_CMD_WRITE, NBD_CMD_DISC]);
});

test('a flush does not cover a write that is answered after it was sent', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    const [write, flush] = yield* server.requests(2);
    if (!write || !flush) return [];
    yield* server.send(reply.none(flush), reply.none(write));
    const last = yield* server.request();
    yield* server.send(reply.none(last));
    return [last.type, (yield* server.request()).type];
  });
  const writing = client.write(0, bytes(10));
  await Promise.all([client.flush(), writing]);
  await client.close();
  expect(await ended).toEqual([NBD_CMD_FLUSH, NBD_CMD_DISC]);
});

test('a connection that is lost with a write unflushed: close says so', async () => {
  const { client } = await connectToScript(function* (server) {
    yield* server.send(reply.none(yield* server.request()));
    server.channel.close();
  });
  await client.write(0, bytes(10));
  await expect(client.close()).rejects.toMatchObject({
    code: 'NBD_NOT_FLUSHED',
    fault: 'connection',
    message: expect.stringMatching(
      /^close: what was written since the last flush may not be .*the server closed/,
    ),
  });
});

test('a flush that fails is told, and the connection is closed all the same', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    yield* server.send(reply.none(yield* server.request()));
    yield* server.send(reply.error(yield* server.request(), NBD_EIO));
    return (yield* server.request()).type;
  });
  await client.write(0, bytes(10));
  await expect(client.close()).rejects.toMatchObject({ errno: 'EIO', operation: 'flush' });
  expect(await ended).toBe(NBD_CMD_DISC);
});

test('a server that never answers is waited for as long as closeTimeoutMs', async () => {
  const clock = new VirtualClock();
  const { client, ended } = await connectToScript((server) => server.request(), {
    client: { clock, closeTimeoutMs: 500 },
  });
  const reading = client.read(0, 10);
  const closing = client.close();
  await ended;
  clock.advance(499e6);
  clock.advance(1e6);
  await expect(reading).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: 'read of 10 bytes at 0: close: no answer after 500 ms (closeTimeoutMs)',
  });
  await closing;
});
