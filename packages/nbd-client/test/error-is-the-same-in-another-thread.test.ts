import { toErrorRecord } from '@coaio/aio-context/shared';
import { isNbdError, NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { fromCrossedError } from '../src/any-thread/crossed-error.js';
import { ConnectionLostError } from '../src/nbd-client-error.js';
import { connectToScript, reply } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

const OF_ITS_CLASS = { isNbdError: true, isOfItsClass: true };

test("the server's: its errno, its words and the offset, and only that call fails", async () => {
  const { client } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.error(request, NBD_EIO, 'bad sector'));
      const next = yield* server.request();
      yield* server.send(reply.data(next, next.offset, Uint8Array.of(7)));
    },
    { facts: { size: 2n ** 63n } },
  );
  const thread = await threadWithView(client);
  const offset = 2n ** 60n + 1n;
  expect(await thread.run(user, 'reads', offset, 8)).toEqual({
    ...OF_ITS_CLASS,
    name: 'NbdServerError',
    code: 'NBD_SERVER_ERROR',
    errno: 'EIO',
    offset,
    message: `read of 8 bytes at ${offset}: the server said EIO, "bad sector"`,
  });
  expect(await thread.run(user, 'reads', 0, 1)).toEqual(Uint8Array.of(7));
});

test("the caller's: nothing is sent", async () => {
  const { client } = await connectToScript(function* (server) {
    yield* server.sawEnd();
  });
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'reads', 2 ** 20 - 1, 2)).toMatchObject({
    ...OF_ITS_CLASS,
    name: 'NbdUsageError',
    code: 'NBD_OUT_OF_BOUNDS',
  });
  for (const offset of [-1, 0.5, '0', -1n, 2n ** 64n]) {
    expect(await thread.run(user, 'reads', offset, 1)).toMatchObject({
      ...OF_ITS_CLASS,
      code: 'NBD_BAD_ARGUMENT',
    });
  }
  expect(await thread.run(user, 'reads', 0, -1)).toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
  expect(await thread.run(user, 'reads', 0, 2 ** 52)).toMatchObject({ code: 'NBD_OUT_OF_BOUNDS' });
  expect(await thread.run(user, 'writes', 0, 'text', false)).toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
  expect(await thread.run(user, 'readsWithin', -1)).toMatchObject({ code: 'NBD_BAD_ARGUMENT' });
});

test('the loss of the connection fails what all threads have under way, and what they ask for later', async () => {
  const { client } = await connectToScript(function* (server) {
    yield* server.requests(3);
    server.channel.close();
  });
  const threads = [await threadWithView(client, 'one'), await threadWithView(client, 'two')];
  const lost = { ...OF_ITS_CLASS, name: 'ConnectionLostError', code: 'NBD_CONNECTION_LOST' };
  const reading = [...threads, ...threads].slice(0, 3).map((thread) => thread.run(user, 'reads', 0, 8));
  for (const refusal of await Promise.all(reading)) expect(refusal).toMatchObject(lost);
  expect(await threads[0]?.run(user, 'flushes')).toMatchObject(lost);
});

test('a cause comes along, of its class too', () => {
  const why = Object.assign(new TypeError('why'), { errno: -5 });
  const record = toErrorRecord(new ConnectionLostError('read', new ConnectionLostError('connect', why)));
  const error = fromCrossedError(structuredClone(record));
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect(error.cause).toBeInstanceOf(ConnectionLostError);
  expect(error).toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    cause: { cause: { name: 'TypeError', message: 'why', errno: -5 } },
  });
  expect(isNbdError((error.cause as Error).cause)).toBe(false);
});
