import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { makeFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a missing file, one that is there already, a flag that is none, a folder', async () => {
  await inTemporaryFolder(async (folder) => {
    const missing = join(folder, 'missing');
    await expect(QIOChannelFile.open(missing)).rejects.toMatchObject({
      code: 'QIO_CHANNEL_OPEN',
      errno: 'ENOENT',
      message: expect.stringContaining(missing),
    });
    await expect(QIOChannelFile.open(import.meta.filename, 'wx')).rejects.toMatchObject({ errno: 'EEXIST' });
    await expect(QIOChannelFile.open(missing, 'sideways')).rejects.toMatchObject({
      code: 'QIO_CHANNEL_OPEN',
    });
    const descriptors = readdirSync('/dev/fd').length;
    await expect(QIOChannelFile.open(folder)).rejects.toMatchObject({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: `open ${folder}: a folder cannot be a channel`,
    });
    await expect.poll(() => readdirSync('/dev/fd').length).toBe(descriptors);
  });
});

test('a FIFO that nobody reads is not waited for, nor replaced', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = makeFifo(folder);
    await expect(QIOChannelFile.open(path, 'w')).rejects.toMatchObject({
      code: 'QIO_CHANNEL_OPEN',
      errno: 'ENXIO',
    });
    await expect(QIOChannelFile.open(path, 'wx')).rejects.toMatchObject({ errno: 'EEXIST' });
  });
});

test('a descriptor that is not open', () => {
  const fd = openSync(import.meta.filename, 'r');
  closeSync(fd);
  expect(() => QIOChannelFile.fromDescriptor(fd)).toThrow(
    expect.objectContaining({ code: 'QIO_CHANNEL_OPEN', errno: 'EBADF' }),
  );
  expect(() => QIOChannelFile.fromDescriptor(-1)).toThrow(
    expect.objectContaining({ code: 'QIO_CHANNEL_OPEN' }),
  );
});
