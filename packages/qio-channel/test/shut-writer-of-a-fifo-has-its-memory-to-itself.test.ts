import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { openFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('what is in it when writing is shut down is not sent any more', async () => {
  await inTemporaryFolder(async (folder) => {
    const { reader, writer } = await openFifo(folder);
    const memory = Buffer.alloc(1 << 22, 1);
    const writing = coRun(() => writer.writevAll([memory])).catch((error: unknown) => error);
    await coRun(() => reader.readv([Buffer.alloc(1)]));
    writer.shutdown('write');
    expect(await writing).toMatchObject({ code: 'QIO_CHANNEL_SHUT_DOWN' });
    memory.fill(2);
    const got = Buffer.alloc(memory.length);
    for (let count = -1; count !== 0; ) count = await coRun(() => reader.readv([got]));
    expect(got.includes(2)).toBe(false);
    reader.close();
    writer.close();
  });
});
