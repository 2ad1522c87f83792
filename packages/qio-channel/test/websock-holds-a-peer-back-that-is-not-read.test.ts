import { once } from 'node:events';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { withHttpServer } from './support/websock-pair.js';

const MESSAGE = 64 * 1024;
const MESSAGES = 256;

/** A channel, the WebSocket that it has, and a peer whose messages have made the channel stop reading. */
async function withUnreadPeer(
  body: (channel: QIOChannelWebsock, peer: WebSocket, webSocket: WebSocket) => Promise<void>,
): Promise<void> {
  const server = new WebSocketServer({ noServer: true });
  const peers: WebSocket[] = [];
  const accept = server.handleUpgrade.bind(server);
  await withHttpServer(
    (...request) => accept(...request, (peer) => peers.push(peer)),
    async (url) => {
      const webSocket = new WebSocket(url);
      await once(webSocket, 'open');
      const channel = QIOChannelWebsock.fromWebSocket(webSocket);
      const peer = peers[0]!;
      for (let index = 0; index < MESSAGES; index++) peer.send(new Uint8Array(MESSAGE).fill(index));
      while (!webSocket.isPaused) await new Promise(setImmediate);
      await body(channel, peer, webSocket);
      channel.close();
    },
  );
}

test('it stops reading from the connection, and goes on when somebody reads', async () => {
  await withUnreadPeer(async (channel, peer) => {
    expect(peer.bufferedAmount).toBeGreaterThan(0);
    const bytes = new Uint8Array(MESSAGE * MESSAGES);
    await channel.promises.readvAll([bytes]);
    for (let index = 0; index < MESSAGES; index++) expect(bytes[index * MESSAGE]).toBe(index);
  });
});

test('once reading is shut down, what comes is dropped, so that the close frame behind it is seen', async () => {
  await withUnreadPeer(async (channel, peer) => {
    channel.shutdown('read');
    peer.close(1000);
    expect((await once(peer, 'close'))[0]).toBe(1000);
    expect(await channel.promises.readv([new Uint8Array(1)])).toBe(0);
  });
});

test('closed unread, it still ends with a close frame each way', async () => {
  await withUnreadPeer(async (channel, peer) => {
    channel.close();
    expect((await once(peer, 'close'))[0]).toBe(1000);
  });
});
