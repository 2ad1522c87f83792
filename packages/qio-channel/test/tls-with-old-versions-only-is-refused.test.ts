import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { QIOChannelSocket, QIOChannelTls, QIONetListener, TlsCredentials } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { loopback } from './support/socket-pair.js';
import { authority, clientCredentials, pick, serverCredentials } from './support/tls-pair.js';

// Security level 0: OpenSSL itself offers nothing below TLS 1.2 above it.
const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

test('a client that knows no TLS 1.2', async () => {
  const listener = await QIONetListener.open(loopback);
  const accepted = new Promise<QIOChannelTls>((resolve, reject) => {
    listener.setClientFunc((channel) => {
      QIOChannelTls.promises.server(channel, { credentials: serverCredentials }).then(resolve, reject);
    });
  });
  const { port } = listener.address as { port: number };
  const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, ...old });
  socket.on('error', () => {});
  await expect(accepted).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_HANDSHAKE',
    message: expect.stringContaining('unsupported protocol'),
  });
  socket.destroy();
  await listener.disconnect();
});

test('a server that knows no TLS 1.2', async () => {
  const { certificate: cert, key } = pick(await authority.issue({ dns: ['server.test'] }));
  const server = createServer({ cert, key, ...old }).on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const channel = await QIOChannelSocket.connect({ type: 'inet', host: '127.0.0.1', port });
  await expect(
    QIOChannelTls.promises.client(channel, { credentials: clientCredentials, hostname: 'server.test' }),
  ).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_HANDSHAKE',
    message: expect.stringContaining('the peer refused it: tlsv1 alert protocol version'),
  });
  server.close();
});

test('credentials that ask for one', () => {
  expect(() => TlsCredentials.x509({ minVersion: 'TLSv1.1' as never })).toThrow(
    expect.objectContaining({
      code: 'QIO_CHANNEL_TLS_CREDENTIALS',
      message: expect.stringContaining('version "TLSv1.1" is neither'),
    }),
  );
});
