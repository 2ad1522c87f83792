import { type Co, Coroutine, coAwait, coSelf } from '@coaio/coroutine';
import type { NbdClient } from '@coaio/nbd-client';
import { NBD_CMD_READ, NBD_CMD_WRITE } from '@coaio/nbd-protocol';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import {
  connectToScript,
  type ReceivedRequest,
  reply,
  type ScriptedServer,
} from './support/scripted-server.js';

const SIZE = 1024;
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

/** A server may do its requests in any order: this one keeps the first write until it is told to do it. */
async function withLateWrite() {
  const clock = new CountingClock();
  const disk = new Uint8Array(SIZE);
  const types: number[] = [];
  let doLate = (): void => {};
  const asked = new Promise<void>((resolve) => {
    doLate = resolve;
  });
  let cut = (): void => {};
  function* done(server: ScriptedServer, { payload, offset, ...request }: ReceivedRequest): Co<void> {
    disk.set(payload, offset);
    yield* server.send(reply.none(request));
  }
  const { client } = await connectToScript(
    function* (server) {
      cut = () => server.channel.close();
      for (;;) {
        const request = yield* server.request();
        const { type, offset, length } = request;
        const isFirstWrite = type === NBD_CMD_WRITE && !types.includes(type);
        types.push(type);
        if (type === NBD_CMD_READ)
          yield* server.send(reply.data(request, offset, disk.slice(offset, offset + length)));
        else if (!isFirstWrite) yield* done(server, request);
        else
          Coroutine.create(function* () {
            yield* coAwait(asked);
            yield* done(server, request);
          }, 'late').enter(coSelf().context);
      }
    },
    {
      facts: { size: BigInt(SIZE), blockSize: { minimum: 512, preferred: 512, maximum: SIZE } },
      client: { readModifyWrite: true, clock },
    },
  );
  const giveUp = new AbortController();
  const first = client.write(10, filled(10, 0xaa), { signal: giveUp.signal });
  await settle();
  giveUp.abort('enough');
  await expect(first).rejects.toBe('enough');
  return { client, clock, disk, types, doLate, cut };
}

const LATER: [string, (client: NbdClient) => Promise<void>][] = [
  ['of a part of it', (client) => client.write(30, filled(10, 0xbb))],
  ['of all of it', (client) => client.write(0, filled(512, 0xbb))],
];

test.each(LATER)('a later write %s comes after it', async (_what, write) => {
  const { client, disk, types, doLate } = await withLateWrite();
  const later = write(client);
  await settle();
  expect(types).toEqual([NBD_CMD_READ, NBD_CMD_WRITE]);
  doLate();
  await later;
  await settle();
  expect(disk.subarray(30, 40)).toEqual(filled(10, 0xbb));
});

test('reads do not wait for it', async () => {
  const { client } = await withLateWrite();
  expect(await client.read(30, 1)).toEqual(Buffer.of(0));
});

test('later writes keep to their own time, and to the end of the connection', async () => {
  const { client, clock, cut } = await withLateWrite();
  const codes: string[] = [];
  for (const timeoutMs of [100, 0])
    client.write(30, filled(10, 0xbb), { timeoutMs }).catch(({ code }) => codes.push(code));
  await settle();
  clock.advance(100e6);
  await settle();
  expect(codes).toEqual(['NBD_TIMEOUT']);
  cut();
  await settle();
  expect(codes).toEqual(['NBD_TIMEOUT', 'NBD_CONNECTION_LOST']);
  expect(clock.armed).toBe(0);
});
