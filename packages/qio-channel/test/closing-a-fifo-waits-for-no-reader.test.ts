import { closeSync, constants, openSync } from 'node:fs';
import { coRun } from '@coaio/coroutine';
import { QIOChannelFile } from '@coaio/qio-channel';
import { expect, test } from 'vitest';
import { makeFifo } from './support/fifo.js';
import { inTemporaryFolder } from './support/socket-pair.js';

test('its descriptor is closed although what was taken of an aborted write is still to be sent', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = makeFifo(folder);
    const silent = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = await QIOChannelFile.open(path, 'w');
    while (writer.tryWritev([Buffer.alloc(1 << 16)]) > 0);
    const controller = new AbortController();
    const writing = coRun(() => writer.writev([Buffer.alloc(10)], { signal: controller.signal }));
    controller.abort();
    // The system's memory is full: these wait in Node's.
    expect(await writing).toBe(10);
    writer.shutdown('write');
    writer.close();
    await writer.closed;
    closeSync(silent);
  });
});
