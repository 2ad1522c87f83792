import { IOThread } from '@coaio/aio-context';
import { QIOChannelPair, QIOChannelTls } from '@coaio/qio-channel';
import { expect, onTestFinished, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';
import { authority, serverCredentials } from './support/tls-pair.js';

const user = new URL('./workers/tls-user.mjs', import.meta.url);
const over = {
  memory: () => Promise.resolve(QIOChannelPair.open()),
  'a socket': () => socketPair(loopback),
};

/** A thread is the client over this thread's channel. Tells how its handshake ends, and the server's. */
async function connectFromThread(open: () => ReturnType<(typeof over)[keyof typeof over]>, hostname: string) {
  const [here, peer] = await open();
  const thread = await IOThread.start({ name: 'io' });
  onTestFinished(async () => {
    await thread.terminate();
    here.close();
    peer.close();
  });
  const serving = QIOChannelTls.promises.server(peer, { credentials: serverCredentials });
  serving.catch(() => {});
  const client = await thread.run(user, 'connects', here.handle, authority.certificate, hostname);
  return { thread, client, serving };
}

test.each(Object.entries(over))('over %s: bytes there and back, then the end', async (_kind, open) => {
  const { thread, client, serving } = await connectFromThread(open, 'server.test');
  expect(client).toBe('TLSv1.3');
  const server = await serving;
  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index * 31 + (index >> 8));
  const echoing = thread.run(user, 'echoesAndCloses', bytes.length);
  await server.promises.writevAll([bytes]);
  const got = new Uint8Array(bytes.length);
  await server.promises.readvAll([got]);
  await echoing;
  expect(Buffer.compare(got, bytes)).toBe(0);
  expect(await server.promises.readv([new Uint8Array(1)])).toBe(0);
});

test('what a try was told of still leaves when it closes', async () => {
  const { thread, serving } = await connectFromThread(over.memory, 'server.test');
  const server = await serving;
  const count = await thread.run<number>(user, 'triesAndCloses', new Uint8Array(50_000).fill(7));
  expect(count).toBeGreaterThan(0);
  const got = new Uint8Array(count);
  await server.promises.readvAll([got]);
  expect(got.every((byte) => byte === 7)).toBe(true);
  expect(await server.promises.readv([new Uint8Array(1)])).toBe(0);
});

test('a write that is cut is no end to the peer, and the peer does not wait', async () => {
  const { thread, serving } = await connectFromThread(over.memory, 'server.test');
  const server = await serving;
  expect(await thread.run(user, 'closesUnderItsWrite', new Uint8Array(4 << 20))).toBe(
    'QIO_CHANNEL_SHUT_DOWN',
  );
  await expect(server.promises.readvAll([new Uint8Array(4 << 20)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_TRUNCATED',
  });
});

test('a server that is not believed is left, and learns of it', async () => {
  const { client, serving } = await connectFromThread(over.memory, 'elsewhere.test');
  expect(client).toBe('QIO_CHANNEL_TLS_HOSTNAME');
  const ended = serving.then((server) => server.promises.readv([new Uint8Array(1)]));
  await expect(ended).rejects.toHaveProperty('code');
});
