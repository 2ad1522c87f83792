import { QIO_CHANNEL_ERR_BLOCK, QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { tlsOver } from './support/tls-pair.js';

const KIB = 1024;
const CAPACITY = 64 * KIB;

test('a writer whose peer does not read is stopped, and nothing of what it wrote is lost', async () => {
  const [client, server] = await tlsOver(QIOChannelPair.open({ capacity: CAPACITY }));
  const piece = new Uint8Array(10 * KIB);
  // Each attempt has other bytes: one that is refused must leave nothing behind.
  const accepted: number[] = [];
  for (let attempt = 0, blocked = 0; blocked < 5; attempt++) {
    const count = client.tryWritev([piece.fill(attempt)]);
    if (count === QIO_CHANNEL_ERR_BLOCK) {
      blocked++;
      await new Promise(setImmediate);
    } else {
      expect(count).toBe(piece.length);
      accepted.push(attempt % 256);
      blocked = 0;
    }
  }
  // What the channel below holds, one read and one queue of the reader, one write.
  const written = accepted.length * piece.length;
  expect(written).toBeGreaterThan(CAPACITY / 2);
  expect(written).toBeLessThan(CAPACITY + 4 * 64 * KIB);
  const got = new Uint8Array(written);
  await server.promises.readvAll([got]);
  for (const [index, value] of accepted.entries()) {
    const part = got.subarray(index * piece.length, (index + 1) * piece.length);
    expect(part.every((byte) => byte === value)).toBe(true);
  }
});
