import { coRun } from '@coaio/coroutine';
import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock, drive, settle } from './support/drive.js';
import { ModelDisk } from './support/model-disk.js';
import { modelServer } from './support/model-server.js';

const disk = new ModelDisk(512);

test('it may take its time', async () => {
  const { open } = modelServer(() => ({ disk }));
  const client = await NbdClient.connect({
    channel: async () => {
      await settle();
      return open();
    },
  });
  expect((await client.read(0, 4)).length).toBe(4);
  await client.close();
});

test('what it throws is the cause', async () => {
  const cause = new Error('no such container');
  const channel = () => Promise.reject(cause);
  await expect(NbdClient.connect({ channel })).rejects.toMatchObject({ code: 'NBD_CONNECT_FAILED', cause });
});

test('a channel that comes when its attempt was given up is closed', async () => {
  const clock = new CountingClock();
  const [ours, theirs] = QIOChannelPair.open();
  let signal: AbortSignal | undefined;
  let opened: (channel: QIOChannelPair) => void = () => {};
  const channel = (given: AbortSignal): Promise<QIOChannelPair> => {
    signal = given;
    return new Promise((resolve) => {
      opened = resolve;
    });
  };
  const connecting = NbdClient.connect({ channel, clock, openTimeoutMs: 1000 });
  await expect(drive(clock, connecting)).rejects.toMatchObject({ code: 'NBD_TIMEOUT' });
  expect(signal?.aborted).toBe(true);
  opened(ours);
  expect(await coRun(() => theirs.readv([new Uint8Array(1)]))).toBe(0);
});

test('a channel itself makes one connection, and with reconnect on the client then ends', async () => {
  const { open, connections } = modelServer(() => ({ disk }));
  const client = await NbdClient.connect({ channel: open(), reconnectDelayMs: 5000 });
  connections[0]?.cut();
  await expect(client.read(0, 1)).rejects.toMatchObject({
    code: 'NBD_CONNECTION_LOST',
    cause: { code: 'NBD_CANNOT_RECONNECT' },
  });
});
