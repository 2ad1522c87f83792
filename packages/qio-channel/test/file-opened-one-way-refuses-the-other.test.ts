import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { makeFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test.each(['file', 'fifo'])('%s: the error says what it was opened for', async (kind) => {
  await inTemporaryFolder(async (folder) => {
    const path = kind === 'fifo' ? makeFifo(folder, kind) : join(folder, kind);
    if (kind === 'file') writeFileSync(path, 'some bytes');
    const [reading, writing] = [await QIOChannelFile.open(path), await QIOChannelFile.open(path, 'r+')];
    const fd = openSync(path, 'w');
    const byDescriptor = QIOChannelFile.fromDescriptor(fd, { autoClose: false });
    const byte = new Uint8Array(1);
    await expect(coRun(() => reading.writev([byte]))).rejects.toMatchObject({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: `${path}: write: it was opened for reading only`,
    });
    await expect(coRun(() => byDescriptor.readv([byte]))).rejects.toMatchObject({
      code: 'QIO_CHANNEL_UNSUPPORTED',
      message: `descriptor ${fd}: read: it was opened for writing only`,
    });
    expect(await coRun(() => writing.writev([byte]))).toBe(1);
    for (const channel of [reading, writing, byDescriptor]) {
      channel.close();
      await channel.closed;
    }
    closeSync(fd);
  });
});

test.each([
  [{ flags: 'r' }, 'object'],
  [null, 'object'],
  [true, 'boolean'],
])('flags %o are none', async (flags, type) => {
  await expect(QIOChannelFile.open('/dev/null', flags as never)).rejects.toMatchObject({
    code: 'QIO_CHANNEL_BAD_ARGUMENT',
    message: expect.stringContaining(`the flags are of type ${type}`),
  });
});
