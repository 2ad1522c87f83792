import { type Co, coAwait, coRun } from '@coaio/coroutine';
import type { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_DISC, NBD_CMD_FLUSH, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { settle } from './support/drive.js';
import { reconnectingClient } from './support/reconnecting-client.js';
import { connectToScript, reply } from './support/scripted-server.js';
import { threadWithView, user } from './support/view-thread.js';

const block = () => new Uint8Array(512);

const COMMANDS: [string, (co: NbdClient['co']) => Co<unknown>][] = [
  ['read', (co) => co.read(0, 512)],
  ['readInto', (co) => co.readInto(0, block())],
  ['write', (co) => co.write(0, block())],
  ['flush', (co) => co.flush()],
];

test.each(COMMANDS)('%s, made before the connection was lost', async (_name, make) => {
  const { client } = await connectToScript(function* (server) {
    yield* server.request();
    server.channel.close();
  });
  const request = make(client.co);
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await expect(coRun(() => request)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});

test('several made at once, done one after the other, when the first loses the connection', async () => {
  const { client } = await connectToScript(function* (server) {
    yield* server.request();
    server.channel.close();
  });
  const codes = await coRun(function* () {
    const found: unknown[] = [];
    for (const request of [0, 512, 1024].map((offset) => client.co.write(offset, block()))) {
      try {
        yield* request;
      } catch (error) {
        found.push((error as { code: string }).code);
      }
    }
    return found;
  });
  expect(codes).toEqual(['NBD_CONNECTION_LOST', 'NBD_CONNECTION_LOST', 'NBD_CONNECTION_LOST']);
});

test.each(COMMANDS)('%s, made before the client was closed', async (_name, make) => {
  const { client } = await connectToScript(function* (server) {
    yield* server.request();
  });
  const request = make(client.co);
  await client.close();
  await expect(coRun(() => request)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
});

test('while the connection closes, before its last flush is answered', async () => {
  let answer = (): void => {};
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { client, ended } = await connectToScript(function* (server) {
    yield* server.send(reply.none(yield* server.request()));
    const flush = yield* server.request();
    yield* coAwait(gate);
    yield* server.send(reply.none(flush));
    return [flush.type, (yield* server.request()).type];
  });
  await client.write(0, block());
  const request = client.co.flush();
  const closing = client.close();
  await settle();
  await expect(coRun(() => request)).rejects.toMatchObject({ code: 'NBD_CLOSED' });
  answer();
  await closing;
  expect(await ended).toEqual([NBD_CMD_FLUSH, NBD_CMD_DISC]);
});

test('a write that was made before the loss, but not sent, goes to the next connection', async () => {
  const types: number[] = [];
  const it = await reconnectingClient({}, () => ({
    *before({ type }) {
      types.push(type);
      return true;
    },
  }));
  const write = it.client.co.write(0, block());
  it.connections[0]?.cut();
  await settle();
  await coRun(() => write);
  expect(types).toEqual([NBD_CMD_WRITE]);
  expect(it.client.statistics.replays).toBe(0);
  await it.client.close();
});

test('of a view that was closed', async () => {
  const { client } = await connectToScript(function* (server) {
    yield* server.request();
  });
  const thread = await threadWithView(client);
  expect(await thread.run(user, 'beginsAfterItsClose')).toMatchObject({ code: 'NBD_CLOSED' });
});
