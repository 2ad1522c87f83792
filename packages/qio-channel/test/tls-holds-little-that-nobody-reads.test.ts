import { QIO_CHANNEL_ERR_BLOCK, QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { tlsOver } from './support/tls-pair.js';

const KIB = 1024;
const CAPACITY = 64 * KIB;

test('a writer whose peer does not read is stopped, and nothing of what it wrote is lost', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open({ capacity: CAPACITY }));
  const piece = new Uint8Array(10 * KIB);
  let written = 0;
  // Until it is full for good: twice in a row with turns of the event loop between.
  for (let blocked = 0; blocked < 5; ) {
    const count = client.tryWritev([piece.fill(written / piece.length)]);
    if (count === QIO_CHANNEL_ERR_BLOCK) {
      blocked++;
      await new Promise(setImmediate);
    } else {
      expect(count).toBe(piece.length);
      written += count;
      blocked = 0;
    }
  }
  // What the channel below holds, one read and one queue of the reader, one write.
  expect(written).toBeGreaterThan(CAPACITY / 2);
  expect(written).toBeLessThan(CAPACITY + 4 * 64 * KIB);
  const got = new Uint8Array(written);
  await server.promises.readvAll([got]);
  for (let at = 0; at < written; at += piece.length) {
    expect(got.subarray(at, at + piece.length).every((byte) => byte === (at / piece.length) % 256)).toBe(
      true,
    );
  }
});
