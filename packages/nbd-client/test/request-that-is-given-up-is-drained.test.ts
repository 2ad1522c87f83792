import { VirtualClock } from '@coaio/aio-context';
import type { NbdClient, RequestOptions } from '@coaio/nbd-client';
import {
  NBD_CMD_BLOCK_STATUS,
  NBD_CMD_READ,
  NBD_CMD_WRITE,
  NBD_EIO,
  NBD_FLAG_SEND_CACHE,
  NBD_FLAG_SEND_FLUSH,
  NBD_FLAG_SEND_TRIM,
  NBD_FLAG_SEND_WRITE_ZEROES,
} from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import {
  bytes,
  connectToScript,
  type ReceivedRequest,
  reply,
  statusChunk,
} from './support/scripted-server.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ALL = NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_TRIM | NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_SEND_CACHE;

/** What each kind of request is answered with, late. */
function late(request: ReceivedRequest): Uint8Array {
  if (request.type === NBD_CMD_READ) return reply.data(request, request.offset, bytes(request.length));
  if (request.type === NBD_CMD_BLOCK_STATUS) return statusChunk(request, 0, [[1000, 0]], true);
  return reply.none(request);
}

const kinds: [string, (client: NbdClient, options: RequestOptions) => Promise<unknown>][] = [
  ['read', (client, options) => client.read(0, 1000, options)],
  ['write', (client, options) => client.write(0, bytes(1000), options)],
  ['flush', (client, options) => client.flush(options)],
  ['trim', (client, options) => client.trim(0, 1000, options)],
  ['writeZeroes', (client, options) => client.writeZeroes(0, 1000, options)],
  ['cache', (client, options) => client.cache(0, 1000, options)],
  ['blockStatus', (client, options) => client.blockStatus(0, 1000, options)],
];

test.each(kinds)(
  'an aborted %s: it rejects at once, the late reply is dropped, the connection lives',
  async (_kind, begin) => {
    const { client } = await connectToScript(
      function* (server) {
        const given = yield* server.request();
        const next = yield* server.request();
        yield* server.send(late(given), reply.data(next, 0, bytes(5)));
      },
      { facts: { flags: ALL }, offers: { metaContexts: ['base:allocation'] } },
    );
    const stop = new AbortController();
    const request = begin(client, { signal: stop.signal });
    await settled();
    stop.abort(new Error('enough'));
    await expect(request).rejects.toThrow('enough');
    expect(Buffer.compare(await client.read(0, 5), bytes(5))).toBe(0);
    expect(client.statistics).toMatchObject({ givenUp: 1, requests: 1, errors: 0 });
  },
);

test('aborted while the payload is landing: the memory is free only once it has landed', async () => {
  const stop = new AbortController();
  let landed = false;
  const { client } = await connectToScript(function* (server) {
    const read = yield* server.request();
    const chunk = reply.data(read, 0, new Uint8Array(200_000).fill(1));
    yield* server.send(chunk.subarray(0, 100_000));
    stop.abort(new Error('enough'));
    yield* server.send(chunk.subarray(100_000));
    landed = true;
    const next = yield* server.request();
    yield* server.send(reply.data(next, 0, bytes(5)));
  });
  const target = new Uint8Array(200_000);
  await expect(client.readInto(0, target, { signal: stop.signal })).rejects.toThrow('enough');
  expect(landed).toBe(true);
  target.fill(7);
  expect(Buffer.compare(await client.read(0, 5), bytes(5))).toBe(0);
  expect(target.every((byte) => byte === 7)).toBe(true);
});

test('an aborted write whose memory is being sent: it rejects once that is free', async () => {
  const stop = new AbortController();
  const { client, ended } = await connectToScript(
    function* (server) {
      // The first bytes are on their way, the rest waits for room.
      yield* server.window.fill(100);
      stop.abort(new Error('enough'));
      const write = yield* server.request();
      const next = yield* server.request();
      yield* server.send(reply.none(write), reply.none(next));
      return [write.type, write.payload.every((byte) => byte === 1), next.type];
    },
    { pair: { capacity: 1000 } },
  );
  const data = new Uint8Array(100_000).fill(1);
  await client.write(0, data, { signal: stop.signal }).catch((error: Error) => {
    expect(error.message).toBe('enough');
    data.fill(2);
  });
  await client.flush();
  expect(await ended).toEqual([NBD_CMD_WRITE, true, 3]);
});

test('a signal that has aborted: nothing is sent', async () => {
  const { client, ended } = await connectToScript(function* (server) {
    return (yield* server.request()).type;
  });
  const signal = AbortSignal.abort(new Error('never'));
  await expect(client.read(0, 10, { signal })).rejects.toThrow('never');
  await expect(client.write(0, bytes(10), { signal })).rejects.toThrow('never');
  await expect(client.flush({ signal })).rejects.toThrow('never');
  await client.close();
  expect(await ended).toBe(2);
});

test('a late error is dropped too', async () => {
  const { client } = await connectToScript(function* (server) {
    const given = yield* server.request();
    const next = yield* server.request();
    yield* server.send(reply.error(given, NBD_EIO, 'late'), reply.none(next));
  });
  const stop = new AbortController();
  const reading = client.read(0, 10, { signal: stop.signal });
  await settled();
  stop.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  await client.flush();
  expect(client.statistics.errors).toBe(0);
});

test('hundreds of requests on one signal, without a warning of listeners', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warned);
  const { client } = await connectToScript(function* (server) {
    yield* server.requests(500);
  });
  const stop = new AbortController();
  const all = Array.from({ length: 500 }, (_, at) => client.read(at, 10, { signal: stop.signal }));
  await settled();
  stop.abort(new Error('enough'));
  const outcomes = await Promise.allSettled(all);
  await settled();
  process.off('warning', warned);
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(warnings).toEqual([]);
});

const limits = { size: 1n << 30n, blockSize: { minimum: 1, preferred: 512, maximum: 512 } };

test('a deadline: NBD_TIMEOUT at its time, and the late reply is dropped', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript(
    function* (server) {
      const given = yield* server.request();
      const next = yield* server.request();
      yield* server.send(late(given), late(next));
    },
    { client: { clock, requestTimeoutMs: 1000 } },
  );
  const outcomes: unknown[] = [];
  const reading = client.read(7, 10).catch((error: unknown) => outcomes.push(error));
  await settled();
  clock.advance(999e6);
  await settled();
  expect(outcomes).toEqual([]);
  clock.advance(1e6);
  await reading;
  expect(outcomes).toMatchObject([
    {
      name: 'NbdTimeoutError',
      code: 'NBD_TIMEOUT',
      message: 'read of 10 bytes at 7: no answer after 1000 ms',
      offset: 7,
      length: 10,
      timeoutMs: 1000,
    },
  ]);
  expect((await client.read(0, 5, { timeoutMs: 0 })).length).toBe(5);
});

test('a request that is cut into several has its time for all of them together', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript(
    function* (server) {
      // Sixteen at once: the seventeenth begins when one of them is answered, and its time then.
      const all = yield* server.requests(16);
      clock.advance(49e6);
      yield* server.send(...all.map(late));
      const last = yield* server.request();
      clock.advance(1e6);
      const next = yield* server.request();
      yield* server.send(late(last), late(next));
    },
    { facts: limits, client: { clock } },
  );
  await expect(client.read(0, 17 * 512, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'NBD_TIMEOUT',
    offset: 16 * 512,
    timeoutMs: 50,
  });
  expect((await client.read(0, 5)).length).toBe(5);
});

test('requestTimeoutMs is for each of them', async () => {
  const clock = new VirtualClock();
  const { client } = await connectToScript(
    function* (server) {
      const all = yield* server.requests(16);
      clock.advance(49e6);
      yield* server.send(...all.map(late));
      const last = yield* server.request();
      clock.advance(49e6);
      yield* server.send(late(last));
    },
    { facts: limits, client: { clock, requestTimeoutMs: 50 } },
  );
  expect((await client.read(0, 17 * 512)).length).toBe(17 * 512);
});
