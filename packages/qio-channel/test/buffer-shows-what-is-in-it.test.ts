import { coRun } from '@coaio/coroutine';
import { QIOChannelBuffer } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('data is a view of all bytes, wherever the position is', async () => {
  const buffer = new QIOChannelBuffer({ capacity: 100 });
  expect(buffer.data).toEqual(new Uint8Array(0));
  await coRun(() => buffer.writevAll([Buffer.from('first '), Buffer.from('second')]));
  const { data } = buffer;
  expect(Buffer.from(data).toString()).toBe('first second');
  expect(buffer).toMatchObject({ usage: 12, capacity: 100 });
  await coRun(() => buffer.pwritev([Buffer.from('F')], 0));
  expect(Buffer.from(data).toString()).toBe('First second');
});

test('it grows to twice the size, so that many small writes are not copied many times', async () => {
  const buffer = new QIOChannelBuffer({ capacity: 8 });
  await coRun(() => buffer.writevAll([new Uint8Array(9)]));
  expect(buffer).toMatchObject({ usage: 9, capacity: 16 });
  await coRun(() => buffer.pwritev([new Uint8Array(1)], 99));
  expect(buffer).toMatchObject({ usage: 100, capacity: 100 });
});
