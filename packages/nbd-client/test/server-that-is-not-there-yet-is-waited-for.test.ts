import { NbdClient } from '@coaio/nbd-client';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { CountingClock, drive } from './support/drive.js';
import { ModelDisk } from './support/model-disk.js';
import { modelServer } from './support/model-server.js';

const disk = new ModelDisk(512);

/** What opens a channel to a server that is there from the attempt `from` on; `before` opens the others. */
function thereFrom(from: number, before: () => QIOChannelPair) {
  const server = modelServer(() => ({ disk }));
  let attempts = 0;
  return () => {
    attempts++;
    return attempts < from ? before() : server.open();
  };
}

function refused(): never {
  throw new Error('nobody listens');
}

/** A proxy in front of a server that is yet to come. */
function hungUp(): QIOChannelPair {
  const [ours, theirs] = QIOChannelPair.open();
  theirs.close();
  return ours;
}

test.each([
  ['refuses', refused],
  ['hangs up', hungUp],
])('one that %s is tried again until it is there', async (_how, before) => {
  const clock = new CountingClock();
  const connecting = NbdClient.connect({ channel: thereFrom(4, before), clock, waitForServer: true });
  const client = await drive(clock, connecting);
  expect(clock.nowNs()).toBe(7e9);
  await client.close();
  expect(clock.armed).toBe(0);
});

test('until openTimeoutMs is over: NBD_TIMEOUT, and why', async () => {
  const clock = new CountingClock();
  const options = { channel: refused, clock, waitForServer: true, openTimeoutMs: 5000 };
  await expect(drive(clock, NbdClient.connect(options))).rejects.toMatchObject({
    code: 'NBD_TIMEOUT',
    message: 'connect: no server within 5000 ms (openTimeoutMs): connect: nobody listens',
  });
  expect([clock.nowNs(), clock.armed]).toEqual([5e9, 0]);
});

test('one that speaks another protocol is not', async () => {
  const clock = new CountingClock();
  const channel = (): QIOChannelPair => {
    const [ours, theirs] = QIOChannelPair.open();
    theirs.tryWritev([Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian\r\n')]);
    return ours;
  };
  await expect(NbdClient.connect({ channel, clock, waitForServer: true })).rejects.toMatchObject({
    fault: 'peer',
  });
  expect(clock.armed).toBe(0);
});

test('without waitForServer there is one attempt', async () => {
  const connecting = NbdClient.connect({ channel: thereFrom(2, refused), clock: new CountingClock() });
  await expect(connecting).rejects.toMatchObject({ code: 'NBD_CONNECT_FAILED' });
});
