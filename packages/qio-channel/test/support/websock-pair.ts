import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  QIOChannelWebsock,
  type WebsockAcceptOptions,
  type WebsockConnectOptions,
} from '@coaio/qio-channel/websock';
import { type WebSocket, WebSocketServer } from 'ws';

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An HTTP server for `body`, ended with all its connections when that has ended. */
export async function withHttpServer<T>(upgrade: Upgrade, body: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', upgrade);
  const url = await listen(server);
  try {
    return await body(url);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A connected and an accepted channel. The server listens no more. */
export async function websockPair(
  connect: WebsockConnectOptions = {},
  accept: WebsockAcceptOptions = {},
): Promise<readonly [QIOChannelWebsock, QIOChannelWebsock]> {
  const server = createServer();
  const accepted = new Promise<QIOChannelWebsock>((resolve) =>
    server.on('upgrade', (...upgrade) => resolve(QIOChannelWebsock.accept(...upgrade, accept))),
  );
  const url = await listen(server);
  const connected = await QIOChannelWebsock.connect(url, connect);
  server.close();
  return [connected, await accepted];
}

/** A channel and the plain WebSocket of its peer, another implementation's as far as the channel can see. */
export async function withPeer(
  body: (channel: QIOChannelWebsock, peer: WebSocket) => Promise<void>,
  connect: WebsockConnectOptions = {},
): Promise<void> {
  const webSockets = new WebSocketServer({ noServer: true });
  const upgrades: Parameters<Upgrade>[] = [];
  const peers = new Promise<WebSocket>((resolve) => webSockets.on('connection', resolve));
  const upgrade: Upgrade = (...request) => {
    upgrades.push(request);
    webSockets.handleUpgrade(...request, (peer) => webSockets.emit('connection', peer));
  };
  await withHttpServer(upgrade, async (url) => {
    const channel = await QIOChannelWebsock.connect(url, connect);
    const peer = await peers;
    peer.on('error', () => {});
    await body(channel, peer);
    channel.close();
  });
}
