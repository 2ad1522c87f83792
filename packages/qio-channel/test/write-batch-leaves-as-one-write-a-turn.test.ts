import { getMainAioContext } from '@coaio/aio-context';
import { type Co, coRun } from '@coaio/coroutine';
import { type IOVec, QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test, vi } from 'vitest';

test('headers, small and large payloads of one turn are one write, in order', async () => {
  const [channel, peer] = QIOChannelPair.open();
  const writes: Uint8Array[] = [];
  vi.spyOn(channel, 'writevAll').mockImplementation(function* (iov: IOVec): Co<void> {
    writes.push(Buffer.concat(iov));
  });
  const batch = new WriteBatch(channel, getMainAioContext(), (error) => expect.unreachable(String(error)));
  const large = new Uint8Array(100_000).fill(3);
  for (const [value, payload] of [
    [1, new Uint8Array(10).fill(1)],
    [2, large],
    [4, new Uint8Array(0)],
  ] as const) {
    batch.view.setUint32(batch.reserve(4), value);
    batch.append(payload);
  }
  expect(writes).toEqual([]);
  expect(batch.pendingBytes).toBe(12 + 10 + large.length);
  await coRun(() => batch.drained());

  const header = (value: number): Uint8Array => Uint8Array.of(0, 0, 0, value);
  const expected = Buffer.concat([header(1), new Uint8Array(10).fill(1), header(2), large, header(4)]);
  expect(writes).toHaveLength(1);
  expect(Buffer.compare(writes[0] ?? Buffer.alloc(0), expected)).toBe(0);
  expect(batch.pendingBytes).toBe(0);
  peer.close();
});
