import { IOThread } from '@coaio/aio-context';
import { QIOChannelSocket, QIONetListener, type SocketAddress } from '@coaio/qio-channel';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder, loopback } from './support/socket-pair.js';

const WORKER = new URL('./workers/listens-at-a-shared-port.mjs', import.meta.url);
const THREADS = 3;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const hasReusePort = major >= 24 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);

describe.runIf(hasReusePort && process.platform === 'linux')('Node 22.12, 23.1 or later', () => {
  test('each IOThread accepts at one port, and each gets clients', async () => {
    const threads = await Promise.all(Array.from({ length: THREADS }, () => IOThread.start()));
    let address: SocketAddress = loopback;
    // The first chooses the port.
    for (const thread of threads) address = await thread.run(WORKER, 'open', address);

    // The system picks by a hash of both ends: with 60 clients a thread that gets none comes once in 10^10 runs.
    const bytes = Uint8Array.of(1, 2, 3);
    for (let client = 0; client < 60; client++) {
      const channel = await QIOChannelSocket.connect(address);
      const answer = new Uint8Array(3);
      await channel.promises.writevAll([bytes]);
      await channel.promises.readvAll([answer]);
      expect(answer).toEqual(bytes);
      channel.close();
    }
    const served = await Promise.all(threads.map((thread) => thread.run<number>(WORKER, 'close')));
    expect(served.reduce((sum, count) => sum + count)).toBe(60);
    expect(Math.min(...served)).toBeGreaterThan(0);
    await Promise.all(threads.map((thread) => thread.join()));
  });
});

test.skipIf(hasReusePort)('a Node that would drop the option refuses it', async () => {
  await expect(QIONetListener.open(loopback, { reusePort: true })).rejects.toMatchObject({
    code: 'QIO_CHANNEL_UNSUPPORTED',
    message: `listen: reusePort needs Node 22.12, 23.1 or later, this is ${process.version}`,
  });
});

test('not for Unix sockets', async () => {
  await inTemporaryFolder(async (folder) => {
    const address: SocketAddress = { type: 'unix', path: `${folder}/socket` };
    await expect(QIONetListener.open(address, { reusePort: true })).rejects.toMatchObject({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: expect.stringContaining('reusePort is for TCP'),
    });
  });
});
