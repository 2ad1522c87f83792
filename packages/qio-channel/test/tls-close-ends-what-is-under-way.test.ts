import { coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { tlsOver } from './support/tls-pair.js';

const BIG = 4 << 20;

test('reader and writer are woken, the channel below is closed, and the peer does not take it for an end', async () => {
  const pair = QIOChannelPair.open();
  const [client, server] = await tlsOver(pair);
  const reading = client.promises.readv([new Uint8Array(1)]);
  const writing = client.promises.writevAll([new Uint8Array(BIG)]);
  await server.promises.readvAll([new Uint8Array(1000)]);
  client.close();
  expect(await reading).toBe(0);
  await expect(writing).rejects.toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
  await expect(pair[0].promises.writev([new Uint8Array(1)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_SHUT_DOWN',
  });
  await expect(server.promises.readvAll([new Uint8Array(BIG)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_TRUNCATED',
  });
});

test('what was written before is read, then the end', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open());
  const got = new Uint8Array(3);
  await coRun(function* () {
    yield* client.writevAll([Uint8Array.of(1, 2, 3)]);
    client.close();
    yield* server.readvAll([got]);
    expect(yield* server.readv([got])).toBe(0);
  });
  expect(got).toEqual(Uint8Array.of(1, 2, 3));
});

test('shutdown of reading leaves writing alone', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open());
  const reading = client.promises.readv([new Uint8Array(1)]);
  client.shutdown('read');
  expect(await reading).toBe(0);
  await client.promises.writevAll([Uint8Array.of(5)]);
  const got = new Uint8Array(1);
  await server.promises.readvAll([got]);
  expect(got).toEqual(Uint8Array.of(5));
});

test('shutdown of writing in the middle of a write is no end to the peer', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open());
  const writing = client.promises.writevAll([new Uint8Array(BIG)]);
  await server.promises.readvAll([new Uint8Array(1000)]);
  client.shutdown('write');
  await expect(writing).rejects.toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
  await expect(server.promises.readvAll([new Uint8Array(BIG)])).rejects.toMatchObject({
    code: 'QIO_CHANNEL_TLS_TRUNCATED',
  });
});

test('an aborted write tells what it cannot take back, and the stream goes on after it', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open());
  const bytes = Uint8Array.from({ length: BIG }, (_, index) => index % 251);
  const controller = new AbortController();
  let sent = 0;
  const writing = coRun(function* () {
    for (;;) sent += yield* client.writev([bytes.subarray(sent)], { signal: controller.signal });
  });
  await new Promise(setImmediate);
  controller.abort(new Error('enough'));
  await expect(writing).rejects.toThrow('enough');
  expect(sent).toBeGreaterThan(0);
  const other = bytes.toReversed();
  const more = client.promises.writevAll([other]);
  const got = new Uint8Array(sent + BIG);
  await server.promises.readvAll([got]);
  await more;
  expect(Buffer.compare(got.subarray(0, sent), bytes.subarray(0, sent))).toBe(0);
  expect(Buffer.compare(got.subarray(sent), other)).toBe(0);
});
