import { connect } from 'node:net';
import { coRun } from '@coaio/coroutine';
import { type QIOChannelSocket, QIONetListener } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';

test('a reader and a writer get ECONNRESET or EPIPE, what had landed is read before', async () => {
  const listener = await QIONetListener.open(loopback);
  const accepted = new Promise<QIOChannelSocket>((resolve) => listener.setClientFunc(resolve));
  if (listener.address.type !== 'inet') throw new Error('no port');
  const peer = connect({ host: listener.address.host, port: listener.address.port });
  const channel = await accepted;
  peer.write(Buffer.from('last words'));
  await coRun(() => channel.yield('in'));
  peer.resetAndDestroy();
  const words = new Uint8Array(10);
  await coRun(() => channel.readvAll([words]));
  expect(Buffer.from(words).toString()).toBe('last words');
  const reset = { code: 'QIO_CHANNEL_IO', errno: 'ECONNRESET' };
  await expect(coRun(() => channel.readv([words]))).rejects.toMatchObject(reset);
  await expect(coRun(() => channel.readvAllEof([words]))).rejects.toMatchObject(reset);
  await expect(coRun(() => channel.writevAll([words]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
  });
  channel.close();
  await listener.disconnect();
});
