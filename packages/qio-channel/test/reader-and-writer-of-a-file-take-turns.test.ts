import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIO_CHANNEL_ERR_BLOCK, QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { occupyThreadPool } from './support/occupied-thread-pool.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('the writer begins where the reader ends, and the next read where the write ends', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'abcdefgh');
    const channel = await QIOChannelFile.open(path, 'r+');
    const release = occupyThreadPool(folder);
    const target = Buffer.alloc(2);
    const reads = coRun(function* () {
      const got: string[] = [];
      for (let round = 0; round < 2; round++) {
        yield* channel.readv([target]);
        got.push(target.toString());
      }
      return got;
    });
    const writes = coRun(() => channel.writevAll([Buffer.from('XY')]));
    // Meanwhile nobody else moves the position.
    expect(() => channel.seek(0)).toThrow(expect.objectContaining({ code: 'QIO_CHANNEL_BUSY' }));
    await release();
    expect(await reads).toEqual(['ab', 'ef']);
    await writes;
    expect(readFileSync(path, 'latin1')).toBe('abXYefgh');
    channel.close();
  });
});

test('who is in line may leave it, or look again without waiting', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'abcd');
    const channel = await QIOChannelFile.open(path, 'r+');
    const release = occupyThreadPool(folder);
    const reading = coRun(() => channel.readv([Buffer.alloc(2)]));
    expect(channel.tryWritev([Buffer.from('X')])).toBe(QIO_CHANNEL_ERR_BLOCK);

    const controller = new AbortController();
    const writing = coRun(() => channel.writev([Buffer.from('X')], { signal: controller.signal }));
    controller.abort(new Error('gave up'));
    await expect(writing).rejects.toThrow('gave up');

    const free = coRun(() => channel.yield('out'));
    await release();
    expect(await reading).toBe(2);
    await free;
    expect(channel.tryWritev([Buffer.from('X')])).toBe(1);
    expect(readFileSync(path, 'latin1')).toBe('abXd');
    channel.close();
  });
});
