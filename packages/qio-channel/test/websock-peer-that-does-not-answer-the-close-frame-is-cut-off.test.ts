import { once } from 'node:events';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { withHttpServer } from './support/websock-pair.js';

afterEach(() => {
  vi.useRealTimers();
});

/** A channel, its WebSocket, and a peer that reads nothing. */
async function withDeafPeer(
  body: (channel: QIOChannelWebsock, webSocket: WebSocket, peer: WebSocket) => Promise<void>,
): Promise<void> {
  const server = new WebSocketServer({ noServer: true });
  const peers: WebSocket[] = [];
  await withHttpServer(
    (...upgrade) => server.handleUpgrade(...upgrade, (peer) => peers.push(peer)),
    async (url) => {
      const webSocket = new WebSocket(url);
      await once(webSocket, 'open');
      peers[0]!.pause();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await body(QIOChannelWebsock.fromWebSocket(webSocket), webSocket, peers[0]!);
    },
  );
}

test('after 2 s in which nothing came', async () => {
  await withDeafPeer(async (channel, webSocket, peer) => {
    const terminate = vi.spyOn(webSocket, 'terminate');
    channel.close();
    vi.advanceTimersByTime(1999);
    const arrived = once(webSocket, 'message');
    peer.send(new Uint8Array(1));
    await arrived;
    vi.advanceTimersByTime(1999);
    expect(terminate).not.toHaveBeenCalled();
    const closed = once(webSocket, 'close');
    vi.advanceTimersByTime(1);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('not while it has not been sent all: it may only be slow', async () => {
  await withDeafPeer(async (channel, webSocket, peer) => {
    let received = 0;
    peer.on('message', (data: Buffer) => {
      received += data.length;
    });
    // Until the system takes no more.
    let written = 0;
    for (let stuck = 0; stuck < 100; ) {
      const count = channel.tryWritev([new Uint8Array(256 * 1024)]);
      written += Math.max(0, count);
      stuck = count > 0 ? 0 : stuck + 1;
      await new Promise(setImmediate);
    }
    channel.close();
    vi.advanceTimersByTime(29_000);
    const closed = once(webSocket, 'close');
    peer.resume();
    await closed;
    expect(received).toBe(written);
    expect(vi.getTimerCount()).toBe(0);
  });
});
