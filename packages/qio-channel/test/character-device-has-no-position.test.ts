import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

test('it is read and written, and its errors have their errno', async () => {
  const zero = await QIOChannelFile.open('/dev/zero');
  const target = new Uint8Array(10).fill(7);
  await coRun(() => zero.readvAll([target.subarray(0, 4), target.subarray(4)]));
  expect(target.every((byte) => byte === 0)).toBe(true);
  zero.close();

  const full = await QIOChannelFile.open('/dev/full', 'w');
  await expect(coRun(() => full.writev([target]))).rejects.toMatchObject({
    code: 'QIO_CHANNEL_IO',
    errno: 'ENOSPC',
    message: expect.stringContaining('/dev/full: write'),
  });
  full.close();
});

test('what needs a position is refused, and what might wait unasked', async () => {
  const channel = await QIOChannelFile.open('/dev/zero');
  const byte = new Uint8Array(1);
  const refusal = { code: 'QIO_CHANNEL_UNSUPPORTED' };
  expect(channel.hasFeature('seekable')).toBe(false);
  expect(() => channel.seek(0)).toThrow(expect.objectContaining(refusal));
  await expect(coRun(() => channel.preadv([byte], 0))).rejects.toMatchObject(refusal);
  expect(() => channel.tryReadv([byte])).toThrow(expect.objectContaining(refusal));
  channel.close();
});
