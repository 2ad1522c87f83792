import { coRun } from '@coaio/coroutine';
import { type QIOChannel, QIOChannelBuffer, QIOChannelFile, QIOChannelNull } from '@coaio/qio-channel';
import { expect, test } from 'vitest';

const channels: [string, () => Promise<QIOChannel>][] = [
  ['null', async () => new QIOChannelNull()],
  ['buffer', async () => new QIOChannelBuffer()],
  ['file', () => QIOChannelFile.open(import.meta.filename)],
];

test.each(channels)('%s: reads and writes fail, closing again does not', async (_kind, open) => {
  const channel = await open();
  channel.close();
  channel.close();
  const byte = new Uint8Array(1);
  const closed = { code: 'QIO_CHANNEL_SHUT_DOWN', message: expect.stringContaining('it is closed') };
  await expect(coRun(() => channel.readv([byte]))).rejects.toMatchObject(closed);
  await expect(coRun(() => channel.writev([byte]))).rejects.toMatchObject(closed);
  expect(() => channel.tryReadv([byte])).toThrow(expect.objectContaining(closed));
  if (!channel.hasFeature('seekable')) return;
  await expect(coRun(() => channel.preadv([byte], 0))).rejects.toMatchObject(closed);
  await expect(coRun(() => channel.pwritev([byte], 0))).rejects.toMatchObject(closed);
  expect(() => channel.seek(0)).toThrow(expect.objectContaining(closed));
});

test.each(channels)('%s: shutdown wakes nobody, so it is refused', async (_kind, open) => {
  const channel = await open();
  expect(channel.hasFeature('shutdown')).toBe(false);
  expect(() => channel.shutdown('both')).toThrow(
    expect.objectContaining({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: expect.stringContaining('shutdown'),
    }),
  );
  channel.close();
});
