import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { QIOChannelPair, QIOChannelSocket } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { CLAIM, IN } from '../src/shared/layout.js';
import { untilWord, wordsOfChannel } from './support/channel-words.js';
import { threadWithView, user } from './support/view-thread.js';

const CLOSED = -1;

test('a connection that was reset is no clean end, for reads and writes that come later', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const here = await QIOChannelSocket.connect({ type: 'inet', host: '127.0.0.1', port });
  const thread = await threadWithView(here);
  const [peer] = await accepted;
  peer.resetAndDestroy();
  await untilWord(wordsOfChannel(here), IN + CLAIM, CLOSED);
  expect(await thread.run(user, 'reads', 4, false)).toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: 'ECONNRESET',
    message: expect.stringContaining('ECONNRESET'),
  });
  expect(await thread.run(user, 'writes', [Uint8Array.of(1)])).toMatchObject({ code: 'QIO_CHANNEL_IO' });
});

test('the end of another thread with a view is no clean end', async () => {
  const [here] = QIOChannelPair.open();
  const first = await threadWithView(here, 'first');
  const second = await threadWithView(here, 'second');
  await first.terminate();
  await untilWord(wordsOfChannel(here), IN + CLAIM, CLOSED);
  const gone = { code: 'QIO_CHANNEL_THREAD_GONE', message: expect.stringContaining('thread "first" ended') };
  expect(await second.run(user, 'reads', 4, false)).toMatchObject(gone);
  expect(await second.run(user, 'writes', [Uint8Array.of(1)])).toMatchObject(gone);
});

test('an ordinary close is a clean end', async () => {
  const [here] = QIOChannelPair.open();
  const thread = await threadWithView(here);
  here.close();
  expect(await thread.run(user, 'reads', 4, false)).toBe('end');
  expect(await thread.run(user, 'writes', [Uint8Array.of(1)])).toMatchObject({
    code: 'QIO_CHANNEL_SHUT_DOWN',
  });
});
