import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { type QIOChannel, QIOChannelBuffer, QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

const channels: [string, () => Promise<QIOChannel>][] = [
  ['buffer', async () => new QIOChannelBuffer({ name: 'it' })],
  ['file', () => QIOChannelFile.open(import.meta.filename)],
];

test.each(channels)('%s: before the start, between bytes, beyond exact numbers', async (_kind, open) => {
  const channel = await open();
  const byte = new Uint8Array(1);
  for (const position of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    const refusal = {
      code: 'QIO_CHANNEL_POSITION',
      message: expect.stringContaining(`position ${position} is not a whole number in 0 to ${2 ** 53 - 1}`),
    };
    expect(() => channel.seek(position)).toThrow(expect.objectContaining(refusal));
    await expect(coRun(() => channel.preadv([byte], position))).rejects.toMatchObject(refusal);
  }
  channel.seek(3);
  expect(() => channel.seek(-4, 'current')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('position -1') }),
  );
  expect(channel.seek(0, 'current')).toBe(3);
  channel.close();
});

test.each(channels)('%s: counted from what is neither start, position nor end', async (_kind, open) => {
  const channel = await open();
  const position = channel.seek(3);
  expect(() => channel.seek(1, 'cur' as never)).toThrow(
    expect.objectContaining({
      code: 'QIO_CHANNEL_BAD_ARGUMENT',
      message: expect.stringMatching(/: seek: whence "cur" is not "set", "current" or "end"$/),
    }),
  );
  expect(channel.seek(0, 'current')).toBe(position);
  channel.close();
});

test('a file: nor may what is read or written end there', async () => {
  await inTemporaryFolder(async (folder) => {
    const channel = await QIOChannelFile.open(join(folder, 'file'), 'w+');
    const bytes = new Uint8Array(2);
    const at = Number.MAX_SAFE_INTEGER - 1;
    const refusal = {
      code: 'QIO_CHANNEL_POSITION',
      message: expect.stringContaining(`2 bytes at ${at} end`),
    };
    await expect(coRun(() => channel.preadv([bytes], at))).rejects.toMatchObject(refusal);
    await expect(coRun(() => channel.pwritev([bytes], at))).rejects.toMatchObject(refusal);
    channel.seek(at);
    await expect(coRun(() => channel.writev([bytes]))).rejects.toMatchObject(refusal);
    // Refused before it took the position: others may use it.
    expect(channel.seek(0)).toBe(0);
    channel.close();
  });
});

test('a descriptor does not begin there', () => {
  expect(() => QIOChannelFile.fromDescriptor(0, { position: -5 })).toThrow(
    expect.objectContaining({ message: expect.stringContaining('position -5') }),
  );
});
