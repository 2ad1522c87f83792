import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Co } from '@coaio/coroutine';
import type { NbdStatistics } from '@coaio/nbd-client';
import { NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { HOLDERS } from '../src/any-thread/layout.js';
import { allOf } from './support/all-of.js';
import { bytes, reply, type ScriptedServer, statusChunk } from './support/scripted-server.js';
import { viewOfScript } from './support/view-of-script.js';
import { user } from './support/view-thread.js';

const facts = { size: 1n << 20n, blockSize: { minimum: 1, preferred: 4096, maximum: 100_000 } };
const offers = { metaContexts: ['base:allocation'] };

/** Answers all that it is asked from `from` on; of what comes before, half of the data. */
function half(answered: () => number) {
  return function* (server: ScriptedServer): Co<void> {
    for (let count = 0; ; count++) {
      const request = yield* server.request();
      if (request.type !== 0) return;
      const { offset, length } = request;
      const whole = count < answered();
      yield* server.send(reply.data(request, offset, bytes(whole ? length : length >> 1), whole));
    }
  };
}

test('leaving chunks early gives up what is under way, late replies are dropped, and all goes on', async () => {
  const { view, home } = await viewOfScript(
    function* (server) {
      const [first, second] = yield* server.requests(2);
      if (first === undefined || second === undefined) throw new Error('two are under way');
      yield* server.send(reply.data(first, 0, bytes(100_000)));
      const read = yield* server.request();
      yield* server.send(reply.data(second, 100_000, bytes(100_000)), reply.data(read, 0, bytes(5)));
    },
    { facts },
  );
  for await (const chunk of view.readChunks(0, 200_000)) {
    expect(chunk).toMatchObject({ type: 'data', offset: 0 });
    break;
  }
  expect(new Uint8Array(await view.read(0, 5))).toEqual(bytes(5));
  const { givenUp } = await home.run<NbdStatistics>(user, 'statisticsOfItsClient');
  expect(givenUp).toBe(1);
});

test('a signal ends chunks while their data is on its way, and the connection lives', async () => {
  const stop = new AbortController();
  const { view } = await viewOfScript(
    function* (server) {
      const first = yield* server.request();
      const chunk = reply.data(first, 0, new Uint8Array(90_000).fill(9));
      yield* server.send(chunk.subarray(0, 50_000));
      stop.abort(new Error('enough'));
      const read = yield* server.request();
      // It lands now, where nobody looks any more.
      yield* server.send(chunk.subarray(50_000), reply.data(read, 0, bytes(80_000)));
    },
    { facts },
  );
  await expect(allOf(view.readChunks(0, 90_000, { signal: stop.signal }))).rejects.toThrow('enough');
  const memory = new Uint8Array(80_000);
  await view.readInto(0, memory);
  expect(Buffer.compare(memory, bytes(80_000))).toBe(0);
});

test('two requests of chunks are under way or not taken yet, no more', async () => {
  const asked: number[] = [];
  const { view } = await viewOfScript(
    function* (server) {
      for (;;) {
        const { type, offset, length, ...cookie } = yield* server.request();
        if (type !== 0) return;
        asked.push(offset);
        const request = { type, offset, length, ...cookie };
        yield* server.send(reply.data(request, offset, bytes(length)));
      }
    },
    { facts },
  );
  const chunks = view.readChunks(0, 1_000_000);
  await chunks.next();
  // A request more shows that the server has seen all before it.
  await view.read(1_000_000, 1);
  expect(asked).toEqual([0, 100_000, 1_000_000]);
  await chunks.return();
});

test('a connection that is lost ends chunks', async () => {
  const { view } = await viewOfScript(
    function* (server) {
      const first = yield* server.request();
      yield* server.send(reply.hole(first, 10, 5, false), reply.data(first, 0, bytes(10), false));
      server.channel.close();
    },
    { facts },
  );
  await expect(allOf(view.readChunks(0, 20))).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});

test('the end of the thread of the client ends them all', async () => {
  const { view, home } = await viewOfScript(
    half(() => 2),
    { facts, offers },
  );
  const gone = { code: 'NBD_THREAD_GONE' };
  const chunks = view.readChunks(0, 1_000_000);
  await chunks.next();
  await chunks.next();
  const reading = allOf(view.readStream());
  const writing = pipeline(Readable.from([bytes(100)]), view.writeStream());
  const extents = view.extents().next();
  const all = [allOf(chunks), reading, writing, extents].map((each) =>
    expect(each).rejects.toMatchObject(gone),
  );
  await new Promise(setImmediate);
  await home.terminate();
  await Promise.all(all);
  await view.close();
});

test('closing the view waits for what is under way, and they get no further', async () => {
  const { view } = await viewOfScript(
    half(() => 4),
    { facts },
  );
  const closed = { code: 'NBD_CLOSED' };
  const chunks = view.readChunks(0, 1_000_000);
  expect((await chunks.next()).value).toMatchObject({ type: 'data', offset: 0 });
  const words = new Int32Array(view.handle.memory);
  await view.close();
  expect(words[HOLDERS]).toBe(0);
  // What had come by then is there.
  expect((await chunks.next()).value).toMatchObject({ type: 'data', offset: 100_000 });
  await expect(chunks.next()).rejects.toMatchObject(closed);
  await expect(allOf(view.extents({ length: 0 }))).resolves.toEqual([]);
  await expect(allOf(view.readStream())).rejects.toMatchObject(closed);
  const stream = view.writeStream();
  await expect(pipeline(Readable.from([bytes(100)]), stream)).rejects.toMatchObject(closed);
});

test('extents that are left early, or fail, leave the view as it was', async () => {
  const { view } = await viewOfScript(
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
      ); // prettier-ignore
      const ahead = yield* server.request();
      const read = yield* server.request();
      yield* server.send(reply.error(ahead, 5, 'late'), reply.hole(read, 0, 512));
      yield* server.send(reply.error(yield* server.request(), 5, 'no map'));
    },
    { facts, offers },
  );
  for await (const { length } of view.extents()) {
    expect(length).toBe(512);
    break;
  }
  expect((await view.read(0, 512)).length).toBe(512);
  await expect(view.extents().next()).rejects.toMatchObject({
    code: 'NBD_SERVER_ERROR',
    serverText: 'no map',
  });
});

test('a write stream that is destroyed is closed once its writes are answered', async () => {
  let answer = () => {};
  const { view } = await viewOfScript(
    function* (server) {
      const write = yield* server.request();
      expect(write.type).toBe(NBD_CMD_WRITE);
      answer();
      const read = yield* server.request();
      yield* server.send(reply.hole(read, 0, 1), reply.none(write));
    },
    { facts },
  );
  const sent = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const stream = view.writeStream({ chunkSize: 4096 });
  stream.write(bytes(4096));
  await sent;
  const order: string[] = [];
  const closed = new Promise<void>((resolve) =>
    stream.on('close', () => {
      order.push('closed');
      resolve();
    }),
  );
  stream.destroy();
  await view.read(0, 1).then(() => order.push('read'));
  await closed;
  expect(order).toEqual(['read', 'closed']);
});
