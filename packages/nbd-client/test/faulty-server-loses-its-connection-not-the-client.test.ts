import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { NBD_ESHUTDOWN } from '@coaio/nbd-protocol';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock, drive, settle } from './support/drive.js';
import { bytes, reply, ScriptedServer } from './support/scripted-server.js';

/** A client of servers of which the first one answers the first request with `wrong`, and the others do all right. */
async function servedWrongOnce(wrong: (request: never) => Uint8Array) {
  const clock = new CountingClock();
  let servers = 0;
  const channel = (): QIOChannelPair => {
    const [ours, theirs] = QIOChannelPair.open();
    const isFirst = servers === 0;
    servers++;
    const server = new ScriptedServer(theirs);
    coRun(function* () {
      yield* server.handshake({}, true);
      for (;;) {
        const request = yield* server.request();
        const data = reply.data(request, request.offset, bytes(request.length));
        yield* server.send(isFirst ? wrong(request as never) : data);
      }
    }).catch(() => theirs.close());
    return ours;
  };
  const client = await NbdClient.connect({ channel, clock, reconnectDelayMs: 5000 });
  return { client, clock, servers: () => servers };
}

test.each([
  ['a reply of no known form', () => new Uint8Array(64).fill(7)],
  [
    'a reply that nobody waits for',
    (request: object) => reply.data({ ...request, cookieHigh: 99 } as never, 0, bytes(4)),
  ],
  ['a read without all of its bytes', (request: object) => reply.data(request as never, 0, bytes(3))],
])('%s: that connection ends, the read is right on the next', async (_what, wrong) => {
  const { client, clock, servers } = await servedWrongOnce(wrong as never);
  expect(await drive(clock, client.read(0, 4))).toEqual(Buffer.from(bytes(4)));
  expect(servers()).toBe(2);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('ESHUTDOWN: that request fails, later ones go to the next connection', async () => {
  const { client, clock, servers } = await servedWrongOnce((request) => reply.error(request, NBD_ESHUTDOWN));
  await expect(drive(clock, client.read(0, 4))).rejects.toMatchObject({ errno: 'ESHUTDOWN' });
  await settle();
  expect(await drive(clock, client.read(0, 4))).toEqual(Buffer.from(bytes(4)));
  expect(servers()).toBe(2);
  await client.close();
});
