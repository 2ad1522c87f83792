import { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelBuffer } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('woken in another context, not yet run: both get what comes for them', async () => {
  const [channel, peer] = QIOChannelBuffer.pair();
  const other = new AioContext({ name: 'other' });
  const first = coRun(() => channel.readv([new Uint8Array(1)]), { context: other });
  other.poll();
  await coRun(() => peer.writevAll([Uint8Array.of(1, 2)]));
  const second = coRun(function* () {
    yield* channel.readv([new Uint8Array(1)]);
    return yield* channel.readv([new Uint8Array(1)]);
  });
  other.poll();
  await coRun(() => peer.writevAll([Uint8Array.of(3)]));
  expect([await first, await second]).toEqual([1, 1]);
});
