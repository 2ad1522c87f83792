import { expect, test } from 'vitest';
import { RawClient, read, request } from './support/raw-client.js';
import { TLS_CLIENT, tlsServer } from './support/tls.js';

// Without `close_notify` the client would get QIO_CHANNEL_TLS_TRUNCATED instead of the end.

test('after NBD_CMD_DISC, once what is in flight is answered', async () => {
  const { server } = tlsServer();
  const client = await RawClient.open(server, TLS_CLIENT);
  await client.send(read(1, 0, 4), request(2, 2, 0, 0));
  expect((await client.reply()).error).toBe(0);
  expect(await client.end()).toHaveLength(0);
  await client.served;
});

test('when the server closes', async () => {
  const { server, complaints } = tlsServer();
  const client = await RawClient.open(server, TLS_CLIENT);
  const ending = client.end();
  await server.close();
  expect(await ending).toHaveLength(0);
  expect(complaints).toEqual([]);
});

test('when the client cannot be understood', async () => {
  const { server, complaints } = tlsServer();
  const client = await RawClient.open(server, TLS_CLIENT);
  await client.send(new Uint8Array(28));
  expect(await client.end()).toHaveLength(0);
  expect(complaints).toMatchObject([{ error: { code: 'NBD_BAD_MAGIC' } }]);
});
