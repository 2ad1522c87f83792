import { coRun } from '@coaio/coroutine';
import { expect, test } from 'vitest';
import { openFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('its descriptor is closed although what was taken of an aborted write is still to be sent', async () => {
  await inTemporaryFolder(async (folder) => {
    const { reader, writer } = await openFifo(folder);
    while (writer.tryWritev([Buffer.alloc(1 << 16)]) > 0);
    const controller = new AbortController();
    const writing = coRun(() => writer.writev([Buffer.alloc(10)], { signal: controller.signal }));
    controller.abort();
    // The system's memory is full: these wait in Node's.
    expect(await writing).toBe(10);
    writer.shutdown('write');
    writer.close();
    await writer.closed;
    reader.close();
    await reader.closed;
  });
});
