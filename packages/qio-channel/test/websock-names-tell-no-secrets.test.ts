import { once } from 'node:events';
import { connect } from 'node:net';
import { QIOChannelWebsock } from '@coaio/qio-channel/websock';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { withHttpServer } from './support/websock-pair.js';

test('neither that of a client nor that of a WebSocket that is given', async () => {
  const names: string[] = [];
  await withHttpServer(
    (...upgrade) => names.push(QIOChannelWebsock.accept(...upgrade).name),
    async (url) => {
      const webSocket = new WebSocket(`${url.replace('//', '//user:password@')}/disk?token=secret`, 'binary');
      await once(webSocket, 'open');
      expect(QIOChannelWebsock.fromWebSocket(webSocket).name).toBe(`${url}/disk`);
      expect(QIOChannelWebsock.fromWebSocket(webSocket, 'mine').name).toBe('mine');
      expect(names).toEqual(['client 127.0.0.1 of /disk']);
    },
  );
});

test('nor the error of a client that is refused, whatever it asks for', async () => {
  const messages: string[] = [];
  await withHttpServer(
    (...upgrade) => {
      try {
        QIOChannelWebsock.accept(...upgrade);
      } catch (error) {
        messages.push((error as Error).message);
      }
    },
    async (url) => {
      for (const target of [
        '/disk?token=secret',
        'ws://user:password@host/disk?token=secret',
        '//user@/a?b',
      ]) {
        const client = connect(Number(new URL(url).port), '127.0.0.1');
        client.write(
          `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            'Sec-WebSocket-Protocol: other\r\n\r\n',
        );
        await once(client.resume(), 'close');
      }
    },
  );
  expect(messages).toEqual(
    ['/disk', 'ws://host/disk', '///a'].map(
      (shown) => `accept client 127.0.0.1 of ${shown}: it offers only other subprotocols than "binary"`,
    ),
  );
});

test('nor that of an address that is none', async () => {
  await expect(QIOChannelWebsock.connect('ws://user:password@host:99999/disk?token=secret')).rejects.toThrow(
    'connect: "ws://host:99999/disk" is not',
  );
});
