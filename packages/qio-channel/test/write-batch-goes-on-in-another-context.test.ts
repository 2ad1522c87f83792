import { AioContext } from '@coaio/aio-context';
import { coRun } from '@coaio/coroutine';
import { QIOChannelPair, WriteBatch } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

function open(context: AioContext) {
  const [left, right] = QIOChannelPair.open({ capacity: 1024 });
  const failures: unknown[] = [];
  const batch = new WriteBatch(left, context, (error) => failures.push(error));
  const put = (...bytes: number[]): void => {
    for (const byte of bytes) batch.view.setUint8(batch.reserve(1), byte);
  };
  const take = async (count: number): Promise<number[]> => {
    const target = new Uint8Array(count);
    await right.promises.readvAll([target]);
    return [...target];
  };
  return { batch, put, take, failures };
}

test('detached it has nothing in the old one; what is put in meanwhile leaves afterwards', async () => {
  const first = new AioContext({ name: 'first' });
  const second = new AioContext({ name: 'second' });
  const { batch, put, take, failures } = open(first);
  put(1, 2);
  expect(await take(2)).toEqual([1, 2]);
  batch.detach();
  batch.detach();
  first.close();
  put(3);
  await new Promise(setImmediate);
  expect(batch.pendingBytes).toBe(1);
  batch.attach(second);
  batch.attach(second);
  expect(await take(1)).toEqual([3]);
  put(4, 5);
  expect(await take(2)).toEqual([4, 5]);
  expect(failures).toEqual([]);
  batch.close();
});

test('it is refused while something is not written', async () => {
  const { batch, put, take } = open(new AioContext({ name: 'first' }));
  put(1);
  expect(() => batch.detach()).toThrow(expect.objectContaining({ code: 'QIO_CHANNEL_BUSY' }));
  expect(await take(1)).toEqual([1]);
  batch.close();
});

test('closed while it is detached it stays so', async () => {
  const first = new AioContext({ name: 'first' });
  const { batch, put } = open(first);
  batch.detach();
  first.close();
  batch.close();
  batch.attach(new AioContext({ name: 'second' }));
  put(1);
  await coRun(() => batch.drained());
  expect(batch.sent).toBe(0);
});

test('a large batch leaves in parts, and tells how far it is', async () => {
  const { batch, take } = open(new AioContext({ name: 'first' }));
  const mib = 2 ** 20;
  batch.append(new Uint8Array(3 * mib));
  expect(await take(mib)).toHaveLength(mib);
  while (batch.sent < mib) await new Promise(setImmediate);
  expect(batch.sent).toBe(mib);
  expect(batch.pendingBytes).toBe(2 * mib);
  batch.close();
});
