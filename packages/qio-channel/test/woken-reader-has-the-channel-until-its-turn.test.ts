import { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('woken in another context and not yet run: a second reader is refused, and comes after it', async () => {
  const [channel, peer] = QIOChannelPair.open();
  const other = new AioContext({ name: 'other' });
  const first = coRun(() => channel.readv([new Uint8Array(1)]), { context: other, name: 'first' });
  other.poll();
  await coRun(() => peer.writevAll([Uint8Array.of(1, 2)]));
  await expect(coRun(() => channel.readv([new Uint8Array(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_BUSY',
    message: expect.stringContaining('"first"'),
  });
  other.poll();
  expect(await first).toBe(1);
  expect(await coRun(() => channel.readv([new Uint8Array(1)]))).toBe(1);
});
