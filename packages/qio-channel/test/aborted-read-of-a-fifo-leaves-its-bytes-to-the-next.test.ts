import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a read that nobody answers ends at once, without a byte lost or memory touched', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    const reader = await QIOChannelFile.open(path);
    const writer = await QIOChannelFile.open(path, 'w');
    const controller = new AbortController();
    const [given, next] = [Buffer.alloc(5), Buffer.alloc(5)];
    const reading = coRun(() => reader.readv([given], { signal: controller.signal }));
    controller.abort(new Error('gave up'));
    await expect(reading).rejects.toThrow('gave up');
    await coRun(() => writer.writevAll([Buffer.from('hello')]));
    await coRun(() => reader.readvAll([next]));
    expect(next.toString()).toBe('hello');
    expect(given.every((byte) => byte === 0)).toBe(true);
    writer.close();
    expect(await coRun(() => reader.readv([next]))).toBe(0);
    reader.close();
    await reader.closed;
  });
});
