import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { type Upgrade, withHttpServer } from './support/websock-pair.js';

const answer =
  (status: string): Upgrade =>
  (_request, socket) =>
    void socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);

test('the HTTP status, and no secret of the URL', async () => {
  await withHttpServer(answer('401 Unauthorized'), async (url) => {
    const secret = `${url.replace('//', '//user:password@')}/disk?token=secret`;
    await expect(QIOChannelWebsock.connect(secret)).rejects.toMatchObject({
      name: 'QIOChannelError',
      code: 'QIO_CHANNEL_CONNECT',
      message: `connect to ${url}/disk: Unexpected server response: 401`,
    });
  });
});

test('the errno where nobody listens', async () => {
  const gone = await withHttpServer(answer('500'), async (url) => url);
  await expect(QIOChannelWebsock.connect(gone)).rejects.toMatchObject({
    code: 'QIO_CHANNEL_CONNECT',
    errno: 'ECONNREFUSED',
    message: expect.stringContaining(`connect to ${gone}/`),
  });
});

test.each([
  ['nbd://localhost', 'QIO_CHANNEL_ADDRESS', 'nbd://localhost is not a ws: or wss: URL'],
  ['localhost', 'QIO_CHANNEL_ADDRESS', '"localhost" is not'],
  ['ws://localhost/#disk', 'QIO_CHANNEL_ADDRESS', 'without a fragment'],
])('%s is no address', async (url, code, message) => {
  await expect(QIOChannelWebsock.connect(url)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test('a subprotocol that cannot be', async () => {
  await expect(QIOChannelWebsock.connect('ws://localhost', { protocols: 'two words' })).rejects.toMatchObject(
    {
      code: 'QIO_CHANNEL_BAD_ARGUMENT',
    },
  );
});

test('aborted before and while connecting', async () => {
  const reason = new Error('changed my mind');
  const controller = new AbortController();
  let told = (): void => {};
  const connectionEnded = new Promise<void>((resolve) => {
    told = resolve;
  });
  const abort: Upgrade = (_request, socket) => {
    socket.on('end', told).on('error', told).resume();
    controller.abort(reason);
  };
  await withHttpServer(abort, async (url) => {
    await expect(QIOChannelWebsock.connect(url, { signal: controller.signal })).rejects.toBe(reason);
    await connectionEnded;
    await expect(QIOChannelWebsock.connect(url, { signal: controller.signal })).rejects.toBe(reason);
  });
});
