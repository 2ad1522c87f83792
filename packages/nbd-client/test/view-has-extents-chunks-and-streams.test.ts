import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_FLAG_DF, NBD_CMD_FLUSH, NBD_EIO, NBD_FLAG_SEND_DF } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { allOf } from './support/all-of.js';
import { scriptedDisk, serveDisk } from './support/scripted-disk.js';
import { bytes, connectToScript, reply, statusChunk } from './support/scripted-server.js';
import { viewOfScript } from './support/view-of-script.js';
import { user } from './support/view-thread.js';

const SIZE = 1 << 20;
const blockSize = { minimum: 512, preferred: 4096, maximum: 65_536 };
const facts = { size: BigInt(SIZE), blockSize };

test('what can be asked of the export is what the client says', async () => {
  const { view, home } = await viewOfScript((server) => server.sawEnd(), {
    facts: { ...facts, flags: NBD_FLAG_SEND_DF },
    offers: { metaContexts: ['base:allocation'] },
  });
  const { info, capabilities, metaContexts, structuredReplies } = view;
  expect({ info, capabilities, metaContexts, structuredReplies }).toEqual(
    await home.run(user, 'describesItsClient'),
  );
  expect(capabilities).toMatchObject({ df: true, blockStatus: true, structuredReplies: true });
});

test('extents, across answers, neighbours joined', async () => {
  const { view } = await viewOfScript(
    function* (server) {
      yield* server.send(
        statusChunk(
          yield* server.request(),
          0,
          [
            [512, 0],
            [512, 3],
          ],
          true,
        ),
      ); // prettier-ignore
      yield* server.send(
        statusChunk(
          yield* server.request(),
          0,
          [
            [1024, 3],
            [2048, 0],
          ],
          true,
        ),
      ); // prettier-ignore
    },
    { facts: { size: 4096n }, offers: { metaContexts: ['base:allocation'] } },
  );
  const extents = await allOf(view.extents());
  expect(extents.map(({ offset, length, hole, zero }) => [offset, length, hole, zero])).toEqual([
    [0, 512, false, false],
    [512, 1536, true, true],
    [2048, 2048, false, false],
  ]);
  expect(extents[1]?.status).toEqual(new Map([['base:allocation', 3]]));
});

test('extents of an export without contexts are data', async () => {
  const { view } = await viewOfScript((server) => server.sawEnd(), { facts });
  expect(await allOf(view.extents({ offset: 512 }))).toMatchObject([{ offset: 512, length: SIZE - 512 }]);
});

test('chunks: data, holes and errors in the order of the server, cut to what was asked for', async () => {
  const { view, ended } = await viewOfScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(
        reply.data(request, 1024, bytes(512), false),
        reply.hole(request, 512, 512, false),
        reply.errorAt(request, NBD_EIO, 1600, false),
        reply.none(request),
      );
      return [request.offset, request.length];
    },
    { facts },
  );
  expect(await allOf(view.readChunks(1000, 600))).toEqual([
    { type: 'data', offset: 1024, data: Buffer.from(bytes(512)) },
    { type: 'hole', offset: 1000, length: 24 },
    { type: 'error', offset: 1600, errno: 'EIO', serverText: '' },
    { type: 'unread', offset: 1536, length: 64 },
  ]);
  expect(await ended).toEqual([512, 1536]);
});

test('chunks narrow down what cannot be read, each byte once', async () => {
  const disk = { ...scriptedDisk(SIZE), badByte: 500_000 };
  const { view } = await viewOfScript((server) => serveDisk(server, disk), { facts });
  const chunks = await allOf(view.readChunks(100, 900_000));
  expect(chunks.filter(({ type }) => type === 'unread')).toEqual([
    { type: 'unread', offset: 499_712, length: 512 },
  ]);
  expect(chunks.filter(({ type }) => type === 'error')).toMatchObject([{ serverText: 'bad sector' }]);
  let at = 100;
  for (const chunk of chunks) {
    if (chunk.type === 'error') continue;
    expect(chunk.offset).toBe(at);
    if (chunk.type === 'data') {
      expect(Buffer.compare(chunk.data, disk.bytes.subarray(at, at + chunk.data.length))).toBe(0);
      at += chunk.data.length;
    } else if (chunk.type === 'unread') at += chunk.length;
  }
  expect(at).toBe(900_100);
});

test('chunks with df, at an offset of more than 53 bits', async () => {
  const offset = 1n << 60n;
  const { view, ended } = await viewOfScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.error(request, NBD_EIO, 'no'));
      return request;
    },
    { facts: { size: 1n << 61n, flags: NBD_FLAG_SEND_DF } },
  );
  expect(await allOf(view.readChunks(offset, 10, { df: true }))).toEqual([
    { type: 'error', offset: null, errno: 'EIO', serverText: 'no' },
    { type: 'unread', offset, length: 10 },
  ]);
  const { flags, offsetHigh, length } = await ended;
  expect([flags, offsetHigh, length]).toEqual([NBD_CMD_FLAG_DF, 2 ** 28, 10]);
});

test.each([
  ['past the end', [SIZE, 1], 'NBD_OUT_OF_BOUNDS'],
  ['no length', [0, -1], 'NBD_BAD_ARGUMENT'],
  ['df that is not offered', [0, 1, { df: true }], 'NBD_NOT_OFFERED'],
  ['chunks of no bytes', [0, 1, { chunkSize: 0 }], 'NBD_BAD_ARGUMENT'],
] as const)('chunks refused before anything is sent: %s', async (_name, [offset, length, options], code) => {
  const { view } = await viewOfScript((server) => server.sawEnd(), { facts });
  await expect(view.readChunks(offset, length, options).next()).rejects.toMatchObject({ code });
});

test('streams: what is written is read, and flushed before the end', async () => {
  const disk = scriptedDisk(SIZE, 3);
  const { view } = await viewOfScript((server) => serveDisk(server, disk), { facts });
  const written = Buffer.from(bytes(300_000, 5));
  const source = Readable.from([
    written.subarray(0, 7),
    written.subarray(7, 200_000),
    written.subarray(200_000),
  ]);
  await pipeline(source, view.writeStream({ start: 700 }));
  expect(disk.requests.at(-1)?.[0]).toBe(NBD_CMD_FLUSH);
  expect(Buffer.compare(disk.bytes.subarray(700, 300_700), written)).toBe(0);
  const read = Buffer.concat(await allOf(view.readStream({ start: 600, end: 400_000 })));
  expect(Buffer.compare(read, disk.bytes.subarray(600, 400_000))).toBe(0);
});

test('a view in the thread of the client itself has them too, until it is closed', async () => {
  const disk = scriptedDisk(SIZE);
  const { client } = await connectToScript((server) => serveDisk(server, disk), { facts });
  const view = NbdClient.attach(client.handle);
  const chunks = await allOf(view.readChunks(0, 1000));
  expect(chunks).toEqual([{ type: 'data', offset: 0, data: Buffer.from(disk.bytes.subarray(0, 1000)) }]);
  expect(Buffer.concat(await allOf(view.readStream({ end: 5 })))).toHaveLength(5);
  expect(view.capabilities).toEqual(client.capabilities);
  await view.close();
  await expect(view.readChunks(0, 1).next()).rejects.toMatchObject({ code: 'NBD_CLOSED' });
});
