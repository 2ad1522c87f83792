import { coAwait, coRun } from '@coaio/coroutine';
import { NBD_CMD_READ, NBD_CMD_WRITE, NBD_EIO } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { bytes, connectToScript, reply } from './support/scripted-server.js';

const LARGE = 256 * 1024;

async function toSilence(client: object = {}) {
  const clock = new CountingClock();
  const connected = await connectToScript((server) => server.requests(1000), {
    client: { clock, ...client },
  });
  connected.ended.catch(() => {});
  return { clock, client: connected.client };
}

test('a coroutine that tries again at once has its next request in time too', async () => {
  const { clock, client } = await toSilence();
  const late: number[] = [];
  void coRun(function* () {
    for (let tries = 0; tries < 4; tries++) {
      try {
        yield* client.co.read(0, 1, { timeoutMs: 100 });
      } catch {
        late.push(clock.nowNs() / 1e6);
      }
    }
  });
  await settle();
  clock.advance(1e9);
  expect(late).toEqual([100, 200, 300, 400]);
  await settle();
  void client.close();
});

test('limits of many lengths, each to the millisecond', async () => {
  const { clock, client } = await toSilence();
  const late: [number, number][] = [];
  for (const timeoutMs of [500, 20, 300, 300, 7, 1000, 21])
    client.read(0, 1, { timeoutMs }).catch(() => late.push([timeoutMs, clock.nowNs() / 1e6]));
  await settle();
  for (let ms = 0; ms < 1000; ms++) {
    clock.advance(1e6);
    if (ms % 5 === 0) await settle(1);
  }
  await settle();
  expect(late.map(([ms]) => ms)).toEqual([7, 20, 21, 300, 300, 500, 1000]);
  for (const [timeoutMs, ms] of late) expect(ms - timeoutMs).toBeLessThanOrEqual(5);
  await client.close();
});

test('after close no timer is left, whatever its requests allowed themselves', async () => {
  const clock = new CountingClock();
  const { client } = await connectToScript(
    function* (server) {
      for (;;) {
        const request = yield* server.request();
        yield* server.send(reply.data(request, request.offset, bytes(request.length)));
      }
    },
    { client: { clock, requestTimeoutMs: 30_000 } },
  );
  await client.read(0, 10);
  expect(clock.armed).toBe(1);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('a signal that has aborted while a part of the request waited keeps the next part from being sent', async () => {
  const sent: number[] = [];
  const { client } = await connectToScript(
    function* (server) {
      for (;;) {
        const request = yield* server.request();
        sent.push(request.type);
        const isRead = request.type === NBD_CMD_READ;
        yield* server.send(isRead ? reply.data(request, 0, bytes(request.length)) : reply.none(request));
      }
    },
    {
      facts: { blockSize: { minimum: 512, preferred: 512, maximum: 1 << 20 } },
      client: { readModifyWrite: true },
    },
  );
  const controller = new AbortController();
  const first = client.write(512, bytes(512));
  const second = client.write(10, bytes(10), { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  await first;
  expect(sent).toEqual([NBD_CMD_WRITE]);
  await client.close();
});

test('data that is just arriving when its time is up has a second more, then the connection goes', async () => {
  const clock = new CountingClock();
  const { client } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      yield* server.send(reply.data(request, 0, bytes(LARGE)).subarray(0, 100_000));
      yield* server.request();
    },
    { client: { clock } },
  );
  let error: unknown;
  client.read(0, LARGE, { timeoutMs: 500 }).catch((thrown) => {
    error = thrown;
  });
  await settle(10);
  clock.advance(1499e6);
  await settle();
  expect(error).toBeUndefined();
  clock.advance(1e6);
  await settle();
  expect(error).toMatchObject({ code: 'NBD_TIMEOUT' });
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  expect(clock.armed).toBe(0);
});

test('a byte now and then does not hold the memory for ever', async () => {
  const clock = new CountingClock();
  const { client } = await connectToScript(
    function* (server) {
      const request = yield* server.request();
      const data = reply.data(request, 0, bytes(LARGE));
      yield* server.send(data.subarray(0, 100_000));
      for (let at = 100_000; ; at++) {
        yield* server.send(data.subarray(at, at + 1));
        const before = clock.nowNs();
        while (clock.nowNs() === before) yield* coAwait(settle(1));
      }
    },
    { client: { clock } },
  );
  let error: unknown;
  client.read(0, LARGE, { timeoutMs: 500 }).catch((thrown) => {
    error = thrown;
  });
  for (let step = 0; step < 20; step++) {
    await settle(4);
    clock.advance(100e6);
  }
  await settle();
  expect(error).toMatchObject({ code: 'NBD_TIMEOUT' });
});

test('a write that is refused while most of it is yet to be sent keeps to its time, and to its signal', async () => {
  for (const how of ['time', 'signal']) {
    const clock = new CountingClock();
    const { client, ended } = await connectToScript(
      function* (server) {
        const header = new Uint8Array(28);
        yield* server.channel.readvAll([header]);
        const view = new DataView(header.buffer);
        const to = { cookieHigh: view.getUint32(8), cookieLow: view.getUint32(12) };
        yield* server.send(reply.error(to as never, NBD_EIO));
      },
      { client: { clock } },
    );
    const controller = new AbortController();
    const limits = how === 'time' ? { timeoutMs: 500 } : { signal: controller.signal };
    let error: unknown;
    client.write(0, bytes(LARGE), limits).catch((thrown) => {
      error = thrown;
    });
    await ended;
    await settle();
    clock.advance(500e6);
    controller.abort();
    clock.advance(999e6);
    await settle();
    expect(error).toBeUndefined();
    clock.advance(1e6);
    await settle();
    expect(error).toMatchObject({ errno: 'EIO' });
    expect(clock.armed).toBe(0);
  }
});
