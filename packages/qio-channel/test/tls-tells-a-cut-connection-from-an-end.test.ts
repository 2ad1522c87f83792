import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { openRelay } from './support/relay.js';
import { tlsOver } from './support/tls-pair.js';

const cut = {
  code: 'QIO_CHANNEL_TLS_TRUNCATED',
  message: expect.stringContaining('the peer has not said so'),
};

test('the connection ends without a last word: what came is read, then it is an error, for good', async () => {
  const relay = openRelay();
  const [client, server] = await tlsOver(relay.ends);
  await client.promises.writevAll([Uint8Array.of(1, 2, 3)]);
  const got = new Uint8Array(3);
  await server.promises.readvAll([got]);
  relay.cut();
  for (const channel of [client, server]) {
    for (const read of ['readv', 'readvAllEof', 'readv'] as const) {
      await expect(channel.promises[read]([new Uint8Array(9)])).rejects.toMatchObject(cut);
    }
  }
  expect(got).toEqual(Uint8Array.of(1, 2, 3));
});

test('a reader that waits is woken', async () => {
  const relay = openRelay();
  const [client, server] = await tlsOver(relay.ends);
  const reading = Promise.allSettled([
    client.promises.readv([new Uint8Array(9)]),
    server.promises.readv([new Uint8Array(9)]),
  ]);
  relay.cut();
  expect(await reading).toMatchObject([{ reason: cut }, { reason: cut }]);
});

test('in the middle of a record too', async () => {
  const { passed } = await measured();
  const relay = openRelay([passed[0] + 100, Number.MAX_SAFE_INTEGER]);
  const [client, server] = await tlsOver(relay.ends);
  const writing = client.promises.writevAll([new Uint8Array(1000)]).catch(() => {});
  await expect(server.promises.readv([new Uint8Array(9)])).rejects.toMatchObject(cut);
  await writing;
});

test('and an end that the peer has said is one, though the connection goes with it', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open());
  await client.promises.writevAll([Uint8Array.of(7)]);
  client.close();
  expect(await server.promises.readvAllEof([new Uint8Array(1)])).toBe(true);
  expect(await server.promises.readvAllEof([new Uint8Array(1)])).toBe(false);
});

/** How many bytes a handshake takes. */
async function measured() {
  const relay = openRelay();
  await tlsOver(relay.ends);
  return { passed: [...relay.passed] as [number, number] };
}
