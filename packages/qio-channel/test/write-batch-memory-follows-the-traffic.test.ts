import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const KIB = 1024;
const PIECE = 4 * KIB;

test('it starts small, grows to what a batch needs, and shrinks when batches stay small', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 1024 * KIB });
  const batch = new WriteBatch(channel, getMainAioContext(), (error) => expect.unreachable(String(error)));
  const send = (bytes: number): Promise<void> =>
    coRun(function* () {
      for (let left = bytes; left > 0; left -= PIECE) batch.append(new Uint8Array(Math.min(left, PIECE)));
      yield* batch.drained();
      yield* peer.readvAll([new Uint8Array(bytes)]);
    });
  const memory = (): number => batch.view.byteLength / KIB;
  expect(memory()).toBe(16);
  await send(1);
  expect(memory()).toBe(16);
  await send(200 * KIB);
  expect(memory()).toBe(128);
  for (let sends = 0; sends < 31; sends++) await send(1);
  expect(memory()).toBe(128);
  for (let sends = 0; sends < 100; sends++) await send(1);
  expect(memory()).toBe(16);
});

test('one reservation gets room whatever the size is', async () => {
  const [channel] = QIOChannelPair.open({ capacity: 1024 * KIB });
  const batch = new WriteBatch(channel, getMainAioContext(), (error) => expect.unreachable(String(error)));
  batch.reserve(1);
  const at = batch.reserve(64 * KIB);
  expect(batch.view.byteLength - at).toBeGreaterThanOrEqual(64 * KIB);
  await coRun(() => batch.drained());
});
