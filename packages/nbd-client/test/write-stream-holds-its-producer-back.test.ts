import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const facts = { size: 1n << 20n, blockSize: { minimum: 512, preferred: 512, maximum: 4096 } };

test('a server that does not answer gets no more than inFlight requests', async () => {
  const { client, ended } = await connectToScript(
    function* (server) {
      const requests = yield* server.requests(3);
      // What is asked from elsewhere comes next, not a fourth write.
      const other = yield* server.request();
      yield* server.send(reply.none(other));
      for (const request of requests) yield* server.send(reply.none(request));
      const last = yield* server.request();
      yield* server.send(reply.none(last));
      return [other.type, last.type];
    },
    { facts },
  );
  const stream = client.writeStream({ chunkSize: 512, inFlight: 3, flush: false });
  let written = 0;
  const producing = pipeline(
    Readable.from(
      (function* () {
        for (; written < 4; written++) yield bytes(512);
      })(),
    ),
    stream,
  );
  await new Promise((resolve) => setImmediate(resolve));
  await client.flush();
  await producing;
  expect(await ended).toEqual([3, NBD_CMD_WRITE]);
});

test('a write that fails destroys it with the error, and the pipeline with it', async () => {
  const disk = { ...scriptedDisk(1 << 20), badByte: 3000 };
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const parts = Array.from({ length: 1000 }, () => bytes(512));
  await expect(pipeline(Readable.from(parts), client.writeStream({ chunkSize: 512 }))).rejects.toMatchObject({
    code: 'NBD_SERVER_ERROR',
    errno: 'EIO',
    operation: 'write',
    offset: 2560,
  });
  expect((await client.read(0, 512)).length).toBe(512);
});

test('past the end of the export', async () => {
  const disk = scriptedDisk(1 << 20);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const stream = client.writeStream({ start: (1 << 20) - 512 });
  await expect(pipeline(Readable.from([bytes(1024)]), stream)).rejects.toMatchObject({
    code: 'NBD_OUT_OF_BOUNDS',
  });
});

test('a signal that aborts destroys it with the reason, whatever that is', async () => {
  const { client } = await connectToScript((server) => server.sawEnd(), { facts });
  const stop = new AbortController();
  const stream = client.writeStream({ signal: stop.signal });
  stop.abort('no error');
  await expect(finished(stream)).rejects.toMatchObject({
    message: 'the stream was aborted',
    cause: 'no error',
  });
  expect(() => client.writeStream({ signal: stop.signal })).toThrow('no error');
});
