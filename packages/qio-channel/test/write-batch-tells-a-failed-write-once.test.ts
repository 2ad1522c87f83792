import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';

test('the failure is told, those who wait go on, later writes go nowhere', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 10 });
  const failed = vi.fn();
  const batch = new WriteBatch(channel, getMainAioContext(), failed);
  batch.append(new Uint8Array(100));
  const drained = coRun(() => batch.drained());
  await coRun(() => peer.readv([new Uint8Array(1)]));
  peer.close();
  await drained;
  expect(failed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'QIO_CHANNEL_IO' }));
  batch.append(new Uint8Array(100));
  await coRun(() => batch.drained());
  expect(failed).toHaveBeenCalledTimes(1);
});

test('drained with a limit returns below it', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 100 });
  const batch = new WriteBatch(channel, getMainAioContext(), () => {});
  batch.append(new Uint8Array(50));
  await coRun(() => batch.drained(50));
  expect(batch.pendingBytes).toBe(50);
  await coRun(() => batch.drained());
  batch.close();
  peer.close();
});
