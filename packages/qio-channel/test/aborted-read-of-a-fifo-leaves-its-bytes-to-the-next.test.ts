import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { openFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('a read that nobody answers ends at once, without a byte lost or memory touched', async () => {
  await inTemporaryFolder(async (folder) => {
    const { reader, writer } = await openFifo(folder);
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
