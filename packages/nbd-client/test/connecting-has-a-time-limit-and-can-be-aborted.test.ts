import { VirtualClock } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { connectToScript } from './support/scripted-server.js';

test('a server that says nothing: NBD_TIMEOUT after openTimeoutMs', async () => {
  const clock = new VirtualClock();
  const [channel, server] = QIOChannelPair.open();
  const connecting = NbdClient.connect({ channel, clock, openTimeoutMs: 3000 });
  clock.advance(3000e6);
  await expect(connecting).rejects.toMatchObject({
    code: 'NBD_TIMEOUT',
    message: 'connect: not done after 3000 ms (openTimeoutMs)',
  });
  expect(await coRun(() => server.readv([new Uint8Array(1)]))).toBe(0);
});

test('the signal ends connecting with its reason, before and during', async () => {
  const reason = new Error('enough');
  const connect = (signal: AbortSignal) => NbdClient.connect({ channel: QIOChannelPair.open()[0], signal });
  await expect(connect(AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const connecting = connect(controller.signal);
  controller.abort(reason);
  await expect(connecting).rejects.toBe(reason);
});

test('later the signal fails what is in flight', async () => {
  const controller = new AbortController();
  const { client, ended } = await connectToScript((server) => server.request(), {
    client: { signal: controller.signal },
  });
  const reading = client.read(0, 10);
  await ended;
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    message: 'read of 10 bytes at 0: enough',
  });
  await expect(client.read(0, 1)).rejects.toMatchObject({ code: 'NBD_CONNECTION_LOST' });
});

test('aborted right after the handshake, at any microtask: the signal’s reason, or a client that is ended', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    const reason = new Error(`after ${microtasks}`);
    const controller = new AbortController();
    const connecting = connectToScript(
      function* () {
        void (async () => {
          for (let passed = 0; passed < microtasks; passed++) await null;
          controller.abort(reason);
        })();
      },
      { client: { signal: controller.signal } },
    );
    const outcome = await connecting.then(
      ({ client }) => client.read(0, 1).catch((error: Error) => error.message),
      (error: unknown) => error,
    );
    expect([reason, `read of 1 bytes at 0: ${reason.message}`]).toContain(outcome);
  }
});

test('a channel over which connecting was given up before it began is closed', async () => {
  const [channel, server] = QIOChannelPair.open();
  await expect(NbdClient.connect({ channel, signal: AbortSignal.abort() })).rejects.toThrow();
  expect(await coRun(() => server.readv([new Uint8Array(1)]))).toBe(0);
});
