import { QIOChannelBuffer } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('as promises', async () => {
  const buffer = new QIOChannelBuffer();
  expect(await buffer.promises.pwritev([Buffer.from('abc')], 2)).toBe(3);
  const target = Buffer.alloc(2);
  expect(await buffer.promises.preadv([target], 3)).toBe(2);
  expect(target.toString()).toBe('bc');
  await expect(buffer.promises.preadv([target], -1)).rejects.toMatchObject({ code: 'QIO_CHANNEL_POSITION' });
});
