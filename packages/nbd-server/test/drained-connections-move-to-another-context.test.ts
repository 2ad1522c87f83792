import { AioContext, getCurrentAioContext, VirtualClock } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelSocket } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import type { NbdBackend, NbdServer } from '../src/index.js';
import { pattern, RawClient, read, sameBytes, write } from './support/raw-client.js';
import { serverOf, smallDisk } from './support/servers.js';
import { settle } from './support/settle.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

/** A disk that notes where it was called. */
class NotingDisk implements NbdBackend {
  readonly size = 2 ** 20;
  readonly bytes = pattern(this.size);
  seen: string[] = [];

  read(offset: number, target: Uint8Array): Promise<void> | void {
    this.seen.push(getCurrentAioContext()?.name ?? 'none');
    target.set(this.bytes.subarray(offset, offset + target.length));
    // Half of them wait.
    if (offset % 2 === 1) return Promise.resolve();
  }

  write(offset: number, data: Uint8Array): void {
    this.seen.push(getCurrentAioContext()?.name ?? 'none');
    this.bytes.set(data, offset);
  }
}

async function overSocket(server: NbdServer): Promise<RawClient> {
  const uri = new URL(await server.listen({ type: 'inet', host: '127.0.0.1', port: 0 }));
  const address = { type: 'inet', host: '127.0.0.1', port: Number(uri.port) } as const;
  const client = new RawClient(await QIOChannelSocket.connect(address));
  await client.handshake();
  return client;
}

test.each([
  ['a memory channel', (server: NbdServer) => RawClient.open(server)],
  ['a socket', overSocket],
])('and the old one can be closed in between: %s', async (_, open) => {
  const first = new AioContext({ name: 'first' });
  const second = new AioContext({ name: 'second' });
  const disk = new NotingDisk();
  const { server, complaints } = serverOf(disk, { context: first, idleTimeoutMs: 3_600_000 });
  const client = await open(server);
  await client.send(read(1, 0, 10), read(2, 1, 50_000), write(3, 0, pattern(5)));
  await client.replies(3);
  await server.drain();
  // Nothing of the server's may be left there, or this is refused.
  first.close();
  await client.send(read(4, 0, 10), read(5, 1, 50_000), write(6, 0, pattern(60_000)));
  await settle();
  await server.resume({ context: second });
  expect((await client.replies(3)).map(({ cookie }) => cookie).sort()).toEqual([4, 5, 6]);
  expect(disk.seen.slice(0, 3)).toEqual(['first', 'first', 'first']);
  expect(disk.seen.slice(3)).toEqual(['second', 'second', 'second']);
  const another = await RawClient.open(server);
  await another.send(read(7, 0, 10));
  await another.reply();
  expect(disk.seen.at(-1)).toBe('second');
  await another.disconnect();
  client.channel.close();
  await server.close();
  second.close();
  expect(complaints).toEqual([]);
});

test('also inside TLS', async () => {
  const first = new AioContext({ name: 'first' });
  const { server, disk } = tlsServer({}, { context: first });
  const client = await RawClient.open(server, TLS_CLIENT);
  await client.send(read(1, 0, 10));
  await client.reply();
  await server.drain();
  first.close();
  await client.send(read(2, 100, 1000));
  await server.resume({ context: new AioContext({ name: 'second' }) });
  expect((await client.reply()).data).toEqual(disk.bytes.slice(100, 1100));
  await client.disconnect();
});

test('also in the middle of its handshake, whose time begins anew', async () => {
  const clock = new VirtualClock();
  const first = new AioContext({ name: 'first' });
  const { server, complaints } = serverOf(smallDisk(), { context: first, clock });
  const client = RawClient.greeted(server);
  await settle();
  clock.advance(9e9);
  await server.drain();
  first.close();
  clock.advance(3600e9);
  expect(complaints).toEqual([]);
  await server.resume({ context: new AioContext({ name: 'second' }) });
  await client.handshake();
  await client.send(read(1, 0, 10));
  expect((await client.reply()).error).toBe(0);
  await client.disconnect();
});

test('one export alone: also clients that come later', async () => {
  const server = serverOf(smallDisk(), { context: new AioContext({ name: 'first' }) }).server;
  const disk = new NotingDisk();
  server.addExport('noting', disk);
  const early = await RawClient.open(server, { exportName: 'noting' });
  await server.drain('noting');
  await server.resume({ exportName: 'noting', context: new AioContext({ name: 'second' }) });
  const late = await RawClient.open(server, { exportName: 'noting' });
  for (const client of [early, late]) {
    await client.send(read(1, 1, 10));
    await client.reply();
  }
  expect(disk.seen).toEqual(['second', 'second']);
  for (const client of [early, late]) await client.disconnect();
});

test('a closed context is refused, and the server stays drained', async () => {
  const { server } = serverOf(smallDisk());
  const client = await RawClient.open(server);
  const closed = new AioContext({ name: 'closed' });
  closed.close();
  await server.drain();
  const refused = expect.objectContaining({ code: 'AIO_CONTEXT_CLOSED' });
  await expect(server.resume({ context: closed })).rejects.toThrow(refused);
  await client.send(read(1, 0, 10));
  await settle();
  await server.resume();
  expect((await client.reply()).cookie).toBe(1);
  await client.disconnect();
});

test('under load, and its client gets what it has written', async () => {
  const first = new AioContext({ name: 'a' });
  const contexts = [first, new AioContext({ name: 'b' }), new AioContext({ name: 'c' })];
  const disk = new NotingDisk();
  const { server, complaints } = serverOf(disk, { context: first });
  const client = await overSocket(server);
  const rounds = process.env['COAIO_SOAK'] === undefined ? 30 : 2000;
  let stop = false;
  let checked = 0;
  const load = (async () => {
    for (let round = 0; !stop; round++) {
      const payload = pattern(1000 + ((round * 7919) % 60_000), round);
      const at = (round * 4093) % 500_000;
      const answered = coRun(function* () {
        yield* client.channel.writevAll([write(1, at, payload)]);
        yield* client.channel.writevAll([read(2, at, payload.length), read(3, at | 1, 4096)]);
      });
      expect(await client.reply()).toMatchObject({ cookie: 1, error: 0 });
      for (const { cookie, data } of await client.replies(2)) {
        const from = cookie === 2 ? at : at | 1;
        const expected = cookie === 2 ? payload : disk.bytes.subarray(from, from + 4096);
        if (!sameBytes(data, expected)) throw new Error(`round ${round}: wrong bytes`);
      }
      await answered;
      checked++;
    }
  })();
  for (let round = 1; round <= rounds; round++) {
    const before = checked;
    await server.drain();
    const seen = disk.seen.length;
    await settle(round % 5);
    expect(disk.seen).toHaveLength(seen);
    await server.resume({ context: contexts[round % 3] as AioContext });
    while (checked === before) await new Promise(setImmediate);
  }
  stop = true;
  await load;
  expect(new Set(disk.seen)).toEqual(new Set(['a', 'b', 'c']));
  await client.disconnect();
  expect(complaints).toEqual([]);
});
