import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { loopback, socketPair } from './support/socket-pair.js';

test('the writer gets the errno, and every later write fails too', async () => {
  const [left, right] = await socketPair(loopback);
  right.close();
  const writing = coRun(function* () {
    // The first may still be taken; the peer answers with a reset.
    for (;;) yield* left.writevAll([new Uint8Array(1 << 20)]);
  });
  await expect(writing).rejects.toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: expect.stringMatching(/^(EPIPE|ECONNRESET)$/),
  });
  await expect(coRun(() => left.writevAll([new Uint8Array(1)]))).rejects.toMatchObject({
    name: 'QIOChannelError',
  });
  left.close();
});
