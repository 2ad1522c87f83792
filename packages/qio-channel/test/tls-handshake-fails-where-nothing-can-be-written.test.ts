import { QIOChannelPair, QIOChannelTls } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { clientCredentials, serverCredentials } from './support/tls-pair.js';

const refusal = { code: 'QIO_CHANNEL_SHUT_DOWN' };

test('the client does not wait for an answer to what never left', async () => {
  const [channel] = QIOChannelPair.open();
  channel.shutdown('write');
  const options = { credentials: clientCredentials, hostname: 'server.test' };
  await expect(QIOChannelTls.promises.client(channel, options)).rejects.toMatchObject(refusal);
});

test('nor does the server, and the client learns of it', async () => {
  const [left, right] = QIOChannelPair.open();
  right.shutdown('write');
  const options = { credentials: clientCredentials, hostname: 'server.test' };
  const [client, server] = await Promise.allSettled([
    QIOChannelTls.promises.client(left, options),
    QIOChannelTls.promises.server(right, { credentials: serverCredentials }),
  ]);
  expect(server).toMatchObject({ reason: refusal });
  expect(client).toMatchObject({ status: 'rejected' });
});
