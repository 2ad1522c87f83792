import { type ClientOptions, WebSocket } from 'ws';
import { QIOChannelError } from '../qio-channel-error.js';
import { ConnectFailure } from '../socket/connect-failure.js';
import { shownUrl } from './shown-url.js';

/** What noVNC and websockify call a stream of bytes in binary messages. */
export const BINARY = 'binary';
/** The longest message taken from the peer, in bytes. Proxies send what one read gave them, tens of kilobytes. */
export const MAX_MESSAGE = 16 * 1024 * 1024;

/**
 * All of `ws`: `headers`, `auth`, and for `wss:` those of `tls.connect`. `maxPayload` is the longest message taken, default 16 MiB. Its
 * limits on floods of fragments, chunks and pings (`maxFragments`, `maxBufferedChunks`, `maxPendingAutoPongs`) are as `ws` has them.
 */
export interface WebsockConnectOptions extends ClientOptions {
  /** Gives up connecting, with the signal's reason. For a limit: `AbortSignal.timeout(ms)`. */
  signal?: AbortSignal | undefined;
  /** Subprotocols offered; default `['binary']`. A peer that chooses none is taken too. */
  protocols?: string | string[] | undefined;
}

/**
 * Connects a WebSocket, and calls `opened` in the same turn: the first message may be the next event.
 *
 * @throws QIOChannelError `QIO_CHANNEL_CONNECT`, `QIO_CHANNEL_ADDRESS`, `QIO_CHANNEL_BAD_ARGUMENT`; the signal's reason.
 */
export async function openWebSocket<T>(
  url: string | URL,
  { signal, protocols = [BINARY], ...options }: WebsockConnectOptions,
  opened: (webSocket: WebSocket, name: string) => T,
): Promise<T> {
  const target = parse(url);
  const name = shownUrl(target);
  signal?.throwIfAborted();
  // What limits floods is there by default, but only from ws 8.23 on: older ones are no peer of this package.
  const webSocket = create(target, protocols, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    ...options,
  });
  return await new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal?.reason);
      webSocket.terminate();
    };
    signal?.addEventListener('abort', abort);
    // Stays: to be terminated is an error, too.
    webSocket.on('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(new QIOChannelError('QIO_CHANNEL_CONNECT', `connect to ${name}`, ConnectFailure.of(error)));
    });
    webSocket.once('open', () => {
      signal?.removeEventListener('abort', abort);
      resolve(opened(webSocket, name));
    });
  });
}

function parse(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : null;
  if (parsed !== null && (parsed.protocol === 'ws:' || parsed.protocol === 'wss:') && parsed.hash === '') {
    return parsed;
  }
  const shown = parsed === null ? JSON.stringify(shownUrl(String(url))) : shownUrl(parsed);
  throw new QIOChannelError(
    'QIO_CHANNEL_ADDRESS',
    `connect: ${shown} is not a ws: or wss: URL without a fragment`,
  );
}

function create(url: URL, protocols: string | string[], options: ClientOptions): WebSocket {
  try {
    return new WebSocket(url, protocols, options);
  } catch (error) {
    throw new QIOChannelError('QIO_CHANNEL_BAD_ARGUMENT', `connect to ${shownUrl(url)}`, error);
  }
}
