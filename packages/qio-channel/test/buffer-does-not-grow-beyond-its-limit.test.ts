import { coRun } from '@coaio/coroutine';
import { QIOChannelBuffer } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('a write that does not fit is refused whole, and what fits is still taken', async () => {
  const buffer = new QIOChannelBuffer({ limit: 10, name: 'answer' });
  await coRun(() => buffer.writevAll([new Uint8Array(8).fill(1)]));
  await expect(coRun(() => buffer.writev([new Uint8Array(2), new Uint8Array(1)]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_LIMIT',
    message: 'answer: write: 3 bytes at 8 do not fit in its limit of 10 bytes',
  });
  expect(buffer.usage).toBe(8);
  await coRun(() => buffer.writevAll([new Uint8Array(2).fill(2)]));
  expect([...buffer.data]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  expect(buffer.capacity).toBe(10);
  await expect(coRun(() => buffer.pwritev([new Uint8Array(1)], 10))).rejects.toMatchObject({
    message: 'answer: pwritev: 1 bytes at 10 do not fit in its limit of 10 bytes',
  });
});

test.each([
  [{ capacity: -1 }, 'capacity -1 is not a whole number in 0 to the limit'],
  [{ capacity: 11, limit: 10 }, 'capacity 11 is not a whole number in 0 to the limit, 10'],
  [{ limit: 1.5 }, 'limit 1.5 is not a whole number'],
  [{ limit: Number.POSITIVE_INFINITY }, 'limit Infinity is not'],
])('sizes that cannot be: %o', (options, message) => {
  expect(() => new QIOChannelBuffer(options)).toThrow(
    expect.objectContaining({ code: 'QIO_CHANNEL_LIMIT', message: expect.stringContaining(message) }),
  );
});
