import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { CountingClock, settle } from './support/drive.js';
import { connectToScript } from './support/scripted-server.js';

const LOST = { code: 'NBD_CONNECTION_LOST' };

test('who is told that its time is up ends the client: the limits of the others are not waited for', async () => {
  const clock = new CountingClock();
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      yield* server.requests(2);
      yield* server.window.fill();
    },
    { client: { clock, signal: stop.signal } },
  );
  const long = client.read(0, 16, { timeoutMs: 3_600_000 });
  const short = coRun(function* () {
    try {
      yield* client.co.read(16, 16, { timeoutMs: 100 });
    } finally {
      stop.abort(new Error('enough'));
    }
  });
  const outcomes = Promise.allSettled([short, long]);
  await settle();
  clock.advance(200e6);
  await settle();
  expect(await outcomes).toMatchObject([{ reason: { code: 'NBD_TIMEOUT' } }, { reason: LOST }]);
  expect(clock.armed).toBe(0);
  await client.close();
});

test('who is told that writing has failed ends the client: no answers are waited for', async () => {
  const clock = new CountingClock();
  const stop = new AbortController();
  const { client } = await connectToScript(
    function* (server) {
      yield* server.request();
      server.channel.shutdown('read');
      yield* server.window.fill();
    },
    {
      client: {
        clock,
        signal: stop.signal,
        onEvent: ({ type }) => {
          if (type === 'connection-lost') stop.abort(new Error('enough'));
        },
      },
    },
  );
  const reading = client.read(0, 16);
  await settle();
  const outcomes = Promise.allSettled([reading, client.write(0, new Uint8Array(300_000))]);
  await settle();
  expect(await outcomes).toMatchObject([{ reason: LOST }, { reason: LOST }]);
  expect([clock.armed, client.statistics.connections]).toEqual([0, 0]);
  await client.close();
});
