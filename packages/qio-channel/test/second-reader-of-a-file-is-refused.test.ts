import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

test('by name, and any number may read at positions of their own', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'abcdefgh');
    const channel = await QIOChannelFile.open(path);
    const target = Buffer.alloc(1);
    const first = coRun(() => channel.readv([target]), { name: 'first' });
    await expect(coRun(() => channel.readv([Buffer.alloc(1)]))).rejects.toMatchObject({
      code: 'QIO_CHANNEL_BUSY',
      message: expect.stringContaining('"first"'),
    });
    const elsewhere = Array.from({ length: 8 }, async (_, offset) => {
      const byte = Buffer.alloc(1);
      await coRun(() => channel.preadv([byte], offset));
      return byte.toString();
    });
    expect((await Promise.all(elsewhere)).join('')).toBe('abcdefgh');
    await first;
    expect(target.toString()).toBe('a');
    expect(channel.seek(0, 'current')).toBe(1);
    channel.close();
  });
});
