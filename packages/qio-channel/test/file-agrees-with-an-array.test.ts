import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QIOChannelFile } from '@coaio/qio-channel';
import { test } from 'vitest';
import { agreesWithAnArray } from './support/seekable-model.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('reads, writes and seeks of a file do what an array with a position does', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    await agreesWithAnArray(
      () => QIOChannelFile.open(path, 'w+'),
      async (channel) => {
        channel.close();
        await (channel as QIOChannelFile).closed;
        return await readFile(path);
      },
    );
  });
});
