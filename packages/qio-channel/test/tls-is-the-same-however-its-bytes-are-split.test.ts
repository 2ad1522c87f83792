import { coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { tlsOver } from './support/tls-pair.js';

test.each([1, 2, 3, 5, 1000, 16_405])('%i bytes at a time', async (maxTransfer) => {
  const [client, server] = await tlsOver(QIOChannelPair.open({ capacity: 20_000, maxTransfer }));
  const there = Uint8Array.from({ length: 40_000 }, (_, index) => index * 7);
  const back = there.toReversed();
  const gotThere = new Uint8Array(there.length);
  const gotBack = new Uint8Array(back.length);
  await Promise.all([
    client.promises.writevAll([there]),
    server.promises.writevAll([back]),
    server.promises.readvAll([gotThere]),
    client.promises.readvAll([gotBack]),
  ]);
  expect(Buffer.compare(gotThere, there)).toBe(0);
  expect(Buffer.compare(gotBack, back)).toBe(0);
  client.close();
  expect(await coRun(() => server.readv([gotBack]))).toBe(0);
  server.close();
});
