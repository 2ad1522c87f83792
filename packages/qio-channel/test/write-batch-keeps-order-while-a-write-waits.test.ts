import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('what is gathered while the channel is full comes after, byte for byte', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 1000 });
  const batch = new WriteBatch(channel, getMainAioContext(), (error) => expect.unreachable(String(error)));
  const payloads = [100, 200_000, 7, 8192, 8193, 130_000, 64].map((length, index) =>
    new Uint8Array(length).fill(index + 1),
  );
  const expected = Buffer.concat(
    payloads.flatMap((payload, index) => [Uint8Array.of(0xf0 + index), payload]),
  );
  const received = Buffer.alloc(expected.length);
  await coRun(function* () {
    for (const [index, payload] of payloads.entries()) {
      batch.view.setUint8(batch.reserve(1), 0xf0 + index);
      batch.append(payload);
      // The batch before this one is under way and fills the channel.
      yield* peer.readvAll([received.subarray(index, index + 1)]);
    }
    yield* peer.readvAll([received.subarray(payloads.length)]);
    yield* batch.drained();
  });
  expect(Buffer.compare(received, expected)).toBe(0);
  expect(batch.pendingBytes).toBe(0);
});
