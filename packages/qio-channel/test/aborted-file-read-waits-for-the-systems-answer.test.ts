import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { occupyThreadPool } from './support/occupied-thread-pool.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('the memory is in use until then, and what was read is told', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'hello');
    const channel = await QIOChannelFile.open(path);
    const release = occupyThreadPool(folder);
    const controller = new AbortController();
    const target = Buffer.alloc(3);
    let settled = false;
    const reading = coRun(() => channel.readv([target], { signal: controller.signal })).finally(() => {
      settled = true;
    });
    controller.abort(new Error('too late'));
    channel.wakeRead();
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    expect(target.every((byte) => byte === 0)).toBe(true);
    await release();
    expect(await reading).toBe(3);
    expect(target.toString()).toBe('hel');
    expect(await coRun(() => channel.readv([target]))).toBe(2);
    channel.close();
  });
});

test('before it has begun an abort is obeyed', async () => {
  const channel = await QIOChannelFile.open(import.meta.filename);
  const signal = AbortSignal.abort(new Error('in time'));
  await expect(coRun(() => channel.readv([new Uint8Array(1)], { signal }))).rejects.toThrow('in time');
  expect(channel.seek(0, 'current')).toBe(0);
  channel.close();
});
