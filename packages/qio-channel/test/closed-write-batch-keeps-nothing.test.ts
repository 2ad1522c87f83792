import { getMainAioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';

const KIB = 1024;

test('reservations get the same room each time, large payloads are not referred to', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 1024 * KIB });
  const batch = new WriteBatch(channel, getMainAioContext(), (error) => expect.unreachable(String(error)));
  batch.reserve(100);
  batch.append(new Uint8Array(100 * KIB));
  batch.close();
  expect(batch.pendingBytes).toBe(0);
  const { buffer } = batch.view;
  for (let count = 0; count < 100; count++) {
    expect(batch.reserve(16 * KIB)).toBe(0);
    expect(batch.hasWritten(batch.append(new Uint8Array(KIB)))).toBe(true);
    expect(batch.hasWritten(batch.append(new Uint8Array(100 * KIB)))).toBe(true);
  }
  expect(batch.view.buffer).toBe(buffer);
  expect(batch.pendingBytes).toBe(0);
  expect(batch.reserve(64 * KIB)).toBe(0);
  expect(batch.view.byteLength).toBe(64 * KIB);
  // Nothing of it left.
  channel.close();
  expect(await coRun(() => peer.readv([new Uint8Array(1)]))).toBe(0);
});

test('nor what a write under way leaves behind, nor one that has failed', async () => {
  const [channel, peer] = QIOChannelPair.open({ capacity: 10 });
  const failed = vi.fn();
  const batch = new WriteBatch(channel, getMainAioContext(), failed);
  const mark = batch.append(new Uint8Array(100 * KIB));
  await coRun(() => peer.readv([new Uint8Array(1)]));
  batch.append(new Uint8Array(100 * KIB));
  peer.close();
  await coRun(() => batch.written(mark));
  expect(failed).toHaveBeenCalledTimes(1);
  expect(batch.pendingBytes).toBe(0);
  batch.append(new Uint8Array(100 * KIB));
  expect(batch.pendingBytes).toBe(0);
});
