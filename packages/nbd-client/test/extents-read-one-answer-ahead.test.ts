import { NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { connectToScript, reply, statusChunk } from './support/scripted-server.js';

const offers = { metaContexts: ['base:allocation'] };
const facts = { size: 4096n };

test('the next answer is asked for while the first is used up, and no further', async () => {
  const asked: number[] = [];
  const { client } = await connectToScript(
    function* (server) {
      for (;;) {
        const request = yield* server.request();
        if (request.type !== 7) return;
        asked.push(request.offset);
        const status = request.offset / 512;
        yield* server.send(
          statusChunk(
            request,
            0,
            [
              [512, status],
              [512, status + 1],
            ],
            true,
          ),
        );
      }
    },
    { facts, offers },
  );
  const extents = client.extents();
  expect((await extents.next()).value).toMatchObject({ offset: 0, length: 512 });
  // A request more shows that the server has seen all before it.
  await client.blockStatus(0, 1024);
  expect(asked).toEqual([0, 1024, 0]);
  await extents.return();
  await client.close();
  expect(asked).toEqual([0, 1024, 0]);
});

test('leaving early gives the next answer up: it is drained, and the connection lives', async () => {
  const { client } = await connectToScript(
    function* (server) {
      const first = yield* server.request();
      yield* server.send(
        statusChunk(
          first,
          0,
          [
            [512, 0],
            [512, 3],
          ],
          true,
        ),
      );
      const ahead = yield* server.request();
      const read = yield* server.request();
      yield* server.send(reply.error(ahead, NBD_EIO, 'late'), reply.hole(read, 0, 512));
    },
    { facts, offers },
  );
  for await (const { length } of client.extents()) {
    expect(length).toBe(512);
    break;
  }
  expect(client.statistics.givenUp).toBe(1);
  expect((await client.read(0, 512)).length).toBe(512);
});

test('an error of the next answer comes after what the first one brought', async () => {
  const { client } = await connectToScript(
    function* (server) {
      yield* server.send(statusChunk(yield* server.request(), 0, [[1024, 0]], true));
      yield* server.send(reply.error(yield* server.request(), NBD_EIO, 'no map'));
    },
    { facts, offers },
  );
  await expect(allOf(client.extents())).rejects.toMatchObject({
    code: 'NBD_SERVER_ERROR',
    operation: 'blockStatus',
    offset: 1024,
  });
});

test('an answer that ends before what was asked about is an error, not a loop', async () => {
  const { client } = await connectToScript(
    function* (server) {
      // It has to be asked from 512 on, and says nothing of 600.
      yield* server.send(statusChunk(yield* server.request(), 0, [[50, 0]], true));
    },
    { facts: { ...facts, blockSize: { minimum: 512, preferred: 4096, maximum: 8192 } }, offers },
  );
  await expect(client.extents({ offset: 600 }).next()).rejects.toMatchObject({
    code: 'NBD_BAD_REPLY',
    fault: 'peer',
    message: expect.stringContaining('ends before offset 600'),
  });
});

test('a signal that aborts ends it, also while the consumer is at work', async () => {
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      yield* server.send(
        statusChunk(
          yield* server.request(),
          0,
          [
            [512, 0],
            [512, 3],
            [512, 0],
          ],
          true,
        ),
      );
      yield* server.request();
    },
    { facts, offers },
  );
  const extents = client.extents({ signal: stop.signal });
  await extents.next();
  stop.abort(new Error('enough'));
  await expect(extents.next()).rejects.toThrow('enough');
  expect(await extents.next()).toEqual({ done: true, value: undefined });
});
