import { type Co, coRun } from '@coaio/coroutine';
import { NbdClient, type NbdClientEvent, type NbdClientOptions } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock, drive, settle } from './support/drive.js';
import { MULTI_CONN } from './support/reconnecting-client.js';
import { bytes, reply, ScriptedServer } from './support/scripted-server.js';

/** A server that accepts all connections, and says nothing on those `silent`, counted from 1, until it speaks. */
function silentServer(silent: number | readonly number[], options: NbdClientOptions = {}) {
  const silents = [silent].flat();
  const clock = new CountingClock();
  const events: NbdClientEvent[] = [];
  const servers: ScriptedServer[] = [];
  const speak = (server: ScriptedServer, size = 1n << 20n): void => {
    coRun(function* (): Co<void> {
      yield* server.handshake({ size, flags: MULTI_CONN }, true);
      for (;;) {
        const request = yield* server.request();
        yield* server.send(reply.data(request, request.offset, bytes(request.length)));
      }
    }).catch(() => {});
  };
  const channel = (): QIOChannelPair => {
    const [mine, its] = QIOChannelPair.open();
    const server = new ScriptedServer(its);
    if (!silents.includes(servers.push(server))) speak(server);
    return mine;
  };
  const connecting = NbdClient.connect({
    channel,
    clock,
    connections: 3,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return {
    connecting,
    clock,
    events,
    speak: (index = silents[0] ?? 0, size?: bigint) => speak(servers[index - 1] as ScriptedServer, size),
    servers,
  };
}

test('it is waited for a second, and the client works without it', async () => {
  const { connecting, clock, events } = silentServer(2);
  let connected = false;
  void connecting.then(() => {
    connected = true;
  });
  await settle();
  clock.advance(0.99e9);
  await settle();
  expect(connected).toBe(false);
  clock.advance(0.02e9);
  const client = await connecting;
  expect(client.statistics.connections).toBe(2);
  expect(new Uint8Array(await client.read(0, 9))).toEqual(bytes(9));
  expect(events).toEqual([]);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('one that comes later takes its share', async () => {
  const { connecting, clock, events, speak } = silentServer(3);
  const client = await drive(clock, connecting);
  speak();
  await settle(20);
  expect(client.statistics.connections).toBe(3);
  expect(events).toEqual([]);
  await client.close();
});

test('one that never does is told of when its time is over', async () => {
  const { connecting, clock, events } = silentServer(3, { openTimeoutMs: 5000 });
  const client = await drive(clock, connecting);
  clock.advance(5e9);
  await settle();
  expect(events).toMatchObject([{ type: 'connect-failed', connection: 2, error: { code: 'NBD_TIMEOUT' } }]);
  expect(client.statistics.connections).toBe(2);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('closing the client gives it up', async () => {
  const { connecting, clock, events, servers } = silentServer(2);
  const client = await drive(clock, connecting);
  await client.close();
  expect(await coRun(() => servers[1]?.sawEnd() as Co<boolean>)).toBe(true);
  expect(clock.armed).toBe(0);
  expect(events).toEqual([]);
});

test('no time is lost where all come', async () => {
  const { connecting, clock } = silentServer(0);
  const client = await connecting;
  expect(client.statistics.connections).toBe(3);
  expect(clock.armed).toBe(0);
  await client.close();
});

test('a signal that aborts meanwhile ends connecting', async () => {
  const stop = new AbortController();
  const { connecting, clock } = silentServer(2, { signal: stop.signal });
  await settle();
  stop.abort(new Error('enough'));
  await expect(connecting).rejects.toThrow('enough');
  expect(clock.armed).toBe(0);
});

test('one that comes late with another export does not end a client whose own is being made again', async () => {
  const { connecting, clock, events, speak, servers } = silentServer([2, 3], {
    connections: 2,
    reconnectDelayMs: 10_000,
  });
  const client = await drive(clock, connecting);
  servers[0]?.channel.close();
  const reading = client.read(0, 9);
  await settle(20);
  speak(2, 2n << 20n);
  await settle(20);
  speak(3);
  expect(new Uint8Array(await drive(clock, reading))).toEqual(bytes(9));
  expect(events.map(({ type }) => type)).toContain('export-changed');
  await client.close();
});

test('a first one that is lost meanwhile, for good, ends connecting', async () => {
  const { connecting, clock, servers } = silentServer([2, 3]);
  const refused = expect(connecting).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
  await settle(20);
  servers[0]?.channel.close();
  await drive(clock, refused);
  expect(clock.armed).toBe(0);
});
