import { AioContext } from '@coaio/aio-context';
import { aioCoSchedule, Coroutine, coRun, coSelf } from '@coaio/coroutine';
import { QIOChannelPair } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('scheduled elsewhere when the bytes arrive: no error, and it finds them when its turn comes', async () => {
  const [channel, peer] = QIOChannelPair.open();
  const other = new AioContext({ name: 'other' });
  const seen: unknown[] = [];
  const reader = Coroutine.create(function* () {
    seen.push(yield* channel.readv([new Uint8Array(4)]), coSelf().context?.name);
  });
  reader.enter();
  aioCoSchedule(other, reader);
  await coRun(() => peer.writevAll([Uint8Array.of(1, 2)]));
  other.poll();
  expect(seen).toEqual([2, 'other']);
});
