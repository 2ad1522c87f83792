import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { QIOChannelError } from '../qio-channel-error.js';
import { BINARY, MAX_MESSAGE } from './open-websocket.js';
import { shownUrl } from './shown-url.js';

/** Those of `ws` that make sense for one client. `maxPayload` is the longest message taken, default 16 MiB. */
export interface WebsockAcceptOptions extends Pick<ServerOptions, 'maxPayload' | 'perMessageDeflate'> {
  /** The subprotocol chosen if the client offers it; default `binary`. */
  protocol?: string | undefined;
}

/**
 * Answers the request of an `upgrade` event, and calls `opened` in the same turn. A request that asks for no WebSocket, or offers only
 * other subprotocols, is answered with 400.
 *
 * @throws QIOChannelError `QIO_CHANNEL_PROTOCOL`.
 */
export function acceptUpgrade<T>(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { protocol = BINARY, ...options }: WebsockAcceptOptions,
  opened: (webSocket: WebSocket, name: string) => T,
): T {
  const name = `client ${request.socket.remoteAddress ?? 'that has gone'} of ${shownUrl(request.url ?? '')}`;
  // The limits on floods (`maxFragments`, `maxBufferedChunks`, `maxPendingAutoPongs`) are those of ws, which has them from 8.23 on.
  const server = new WebSocketServer({
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    ...options,
    noServer: true,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  let refusal: Error | null = offersOthersOnly(request, protocol)
    ? new Error(`it offers only other subprotocols than "${protocol}"`)
    : null;
  let accepted: { result: T } | null = null;
  server.on('wsClientError', (error) => {
    refusal = error;
  });
  if (refusal === null) {
    server.handleUpgrade(request, socket, head, (webSocket) => {
      accepted = { result: opened(webSocket, name) };
    });
  }
  // Called back by now if at all: `ws` waits only where it is to ask whether it may.
  const done = accepted as { result: T } | null;
  if (done !== null) return done.result;
  socket.on('error', () => {});
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
    socket.destroy(),
  );
  throw new QIOChannelError('QIO_CHANNEL_PROTOCOL', `accept ${name}`, refusal ?? new Error('it has gone'));
}

function offersOthersOnly(request: IncomingMessage, protocol: string): boolean {
  const offered = request.headers['sec-websocket-protocol'];
  return offered !== undefined && !offered.split(',').some((one) => one.trim() === protocol);
}
