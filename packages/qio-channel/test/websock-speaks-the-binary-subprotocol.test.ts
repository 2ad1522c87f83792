import { once } from 'node:events';
import { get } from 'node:http';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Upgrade, withHttpServer, withPeer } from './support/websock-pair.js';

/** A server that accepts all it can, and what came of each request. */
function accepting(results: unknown[]): Upgrade {
  return (...request) => {
    try {
      results.push(QIOChannelWebsock.accept(...request));
    } catch (error) {
      results.push(error);
    }
  };
}

async function outcome(webSocket: WebSocket): Promise<string> {
  return await new Promise((resolve) => {
    webSocket.once('open', () => resolve(`open, protocol "${webSocket.protocol}"`));
    webSocket.once('error', (error) => resolve(error.message));
  });
}

test('it is offered, and messages are binary', async () => {
  await withPeer(async (channel, peer) => {
    expect(peer.protocol).toBe('binary');
    const message = once(peer, 'message');
    await channel.promises.writevAll([Buffer.from('he'), Buffer.from('llo')]);
    expect(await message).toEqual([Buffer.from('hello'), true]);
  });
});

test('it is chosen where it is offered, and a client that offers none is taken', async () => {
  const accepted: unknown[] = [];
  await withHttpServer(accepting(accepted), async (url) => {
    expect(await outcome(new WebSocket(url, ['base64', 'binary']))).toBe('open, protocol "binary"');
    expect(await outcome(new WebSocket(url))).toBe('open, protocol ""');
  });
  expect(accepted).toMatchObject([expect.any(QIOChannelWebsock), expect.any(QIOChannelWebsock)]);
});

test('a client with other subprotocols only, or no WebSocket at all, gets 400', async () => {
  const refused: unknown[] = [];
  await withHttpServer(accepting(refused), async (url) => {
    expect(await outcome(new WebSocket(url, 'base64'))).toBe('Unexpected server response: 400');
    const [response] = await once(
      get(url.replace('ws:', 'http:'), { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }),
      'response',
    );
    expect(response.statusCode).toBe(400);
  });
  expect(refused).toMatchObject([
    {
      code: 'QIO_CHANNEL_PROTOCOL',
      message: expect.stringContaining('only other subprotocols than "binary"'),
    },
    { code: 'QIO_CHANNEL_PROTOCOL', message: expect.stringContaining('Sec-WebSocket-Key') },
  ]);
});

test('an open WebSocket becomes a channel, one that is not is refused', async () => {
  await withPeer(async (channel, peer) => {
    const other = QIOChannelWebsock.fromWebSocket(peer, 'peer');
    await channel.promises.writevAll([Buffer.from('x')]);
    expect(await other.promises.readv([new Uint8Array(5)])).toBe(1);
    other.close();
    await once(peer, 'close');
    expect(() => QIOChannelWebsock.fromWebSocket(peer, 'peer')).toThrow(
      expect.objectContaining({
        code: 'QIO_CHANNEL_BAD_ARGUMENT',
        message: 'peer: fromWebSocket: it is closed, not open',
      }),
    );
  });
});
