import { connect, type Socket } from 'node:net';
import { coRun } from '@coaio/coroutine';
import { type QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

const LAST_WORDS = 'last words';

/** A channel with words that have landed, and the socket of the peer that wrote them. */
async function withLastWords(
  body: (channel: QIOChannelSocket, peer: Socket) => Promise<void>,
): Promise<void> {
  const listener = await QIONetListener.open(loopback);
  const accepted = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
  if (listener.address.type !== 'inet') throw new Error('no port');
  const peer = connect({ host: listener.address.host, port: listener.address.port });
  const channel = await accepted;
  peer.write(LAST_WORDS);
  await coRun(() => channel.yield('in'));
  await body(channel, peer);
  channel.close();
  await listener.disconnect();
}

const reset = { code: 'QIO_CHANNEL_IO', errno: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) };

async function expectLastWords(channel: QIOChannelSocket): Promise<void> {
  const words = new Uint8Array(LAST_WORDS.length);
  await coRun(() => channel.readvAll([words]));
  expect(Buffer.from(words).toString()).toBe(LAST_WORDS);
  await expect(coRun(() => channel.readv([words]))).rejects.toMatchObject(reset);
  await expect(coRun(() => channel.readvAllEof([words]))).rejects.toMatchObject(reset);
  await expect(coRun(() => channel.writevAll([words]))).rejects.toMatchObject(reset);
}

test('found by reading', async () => {
  await withLastWords(async (channel, peer) => {
    peer.resetAndDestroy();
    await expectLastWords(channel);
  });
});

test('found by a write that waits', async () => {
  await withLastWords(async (channel, peer) => {
    peer.pause();
    const writing = coRun(() => channel.writevAll([new Uint8Array(16 * 1024 * 1024)]));
    peer.resetAndDestroy();
    await expect(writing).rejects.toMatchObject(reset);
    // The socket's own close comes at the end of a turn of the event loop: it is over by now.
    for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
    await expectLastWords(channel);
  });
});
