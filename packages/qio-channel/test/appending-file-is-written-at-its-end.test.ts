import { appendFileSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

test.each(['path', 'descriptor'])(
  'opened by %s: wherever it was moved to, and then it is at the end',
  async (by) => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'log');
      writeFileSync(path, 'old ');
      const channel =
        by === 'path'
          ? await QIOChannelFile.open(path, 'a+')
          : QIOChannelFile.fromDescriptor(openSync(path, 'a+'));
      channel.seek(1);
      appendFileSync(path, 'theirs ');
      await coRun(() => channel.writevAll([Buffer.from('ours')]));
      expect(readFileSync(path, 'latin1')).toBe('old theirs ours');
      expect(channel.seek(0, 'current')).toBe(15);
      // Linux would append here too, and the caller believe it was at 0.
      await expect(coRun(() => channel.pwritev([Buffer.from('x')], 0))).rejects.toMatchObject({
        code: 'QIO_CHANNEL_UNSUPPORTED',
        message: expect.stringContaining('opened to append'),
      });
      channel.close();
    });
  },
);
